import { parseSync } from 'oxc-parser';

/**
 * One mention of another module. It is type-only when nothing of it is left at run time; `import { type A }` is not:
 * under verbatimModuleSyntax the module is still loaded.
 * @typedef {{ specifier: string, typeOnly: boolean, line: number }} Import
 */

/**
 * Reads every import, re-export, dynamic import, require and type import of a module from its syntax tree.
 * @param {string} path names the language: .ts or .mjs
 * @param {string} source
 * @returns {Import[]}
 */
export function readImports(path, source) {
  const { program, errors } = parseSync(path, source);
  if (errors.length > 0) throw new Error(`${path} cannot be parsed: ${errors[0]?.message}`);
  /** @type {Import[]} */
  const imports = [];
  walk(program, (node) => {
    const found = asImport(node);
    if (found) imports.push({ ...found, line: source.slice(0, node['start']).split('\n').length });
  });
  return imports;
}

/** @typedef {Record<string, any>} Node the tree as data; its shape is checked where it is read */

/**
 * @param {Node} node
 * @returns {{ specifier: string, typeOnly: boolean } | undefined}
 */
function asImport(node) {
  const kind = node['importKind'] ?? node['exportKind'];
  switch (node['type']) {
    case 'ImportDeclaration':
    case 'ExportAllDeclaration':
    case 'ExportNamedDeclaration':
      return node['source'] ? { specifier: node['source'].value, typeOnly: kind === 'type' } : undefined;
    case 'TSImportType':
      return { specifier: node['source'].value, typeOnly: true };
    case 'ImportExpression':
      return { specifier: literal(node['source']), typeOnly: false };
    case 'TSImportEqualsDeclaration': {
      const reference = node['moduleReference'];
      const isModule = reference.type === 'TSExternalModuleReference';
      return isModule ? { specifier: reference.expression.value, typeOnly: kind === 'type' } : undefined;
    }
    case 'CallExpression': {
      const isRequire = node['callee'].type === 'Identifier' && node['callee'].name === 'require';
      return isRequire ? { specifier: literal(node['arguments'][0]), typeOnly: false } : undefined;
    }
    default:
      return undefined;
  }
}

/** @param {Node | undefined} node what is not a plain string cannot be judged; the rule refuses it in the strict rooms */
function literal(node) {
  return typeof node?.['value'] === 'string' ? node['value'] : computed;
}

/** Stands for a module whose name is only known at run time. */
export const computed = '<computed>';

/**
 * @param {unknown} value
 * @param {(node: Node) => void} visit
 */
function walk(value, visit) {
  if (Array.isArray(value)) {
    for (const item of value) walk(item, visit);
  } else if (typeof value === 'object' && value !== null) {
    const node = /** @type {Node} */ (value);
    if (typeof node['type'] === 'string') visit(node);
    for (const key in node) walk(node[key], visit);
  }
}
