import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { FastifyInstance } from 'fastify';
import { isModelName } from '../../adapters/files/names.ts';
import type { Markup } from '../../adapters/page/markup.ts';
import type { Home } from '../../config/home.ts';
import { ServiceError } from '../errors.ts';
import type { ServedModels } from '../slots/served-models.ts';
import { renderPage, styleSource } from './page.ts';
import { openBoardReader } from './read-boards.ts';
import { renderBoards } from './render-board.ts';

/** Reports are whole in themselves, their style sheet included; nothing in them runs or is fetched. */
const reportPolicy =
  "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";
/** The empty icon of the page, so that no browser asks for one. */
const pagePolicy = `default-src 'self'; style-src ${styleSource}; img-src 'self' data:; base-uri 'none'; form-action 'self'; frame-ancestors 'none'; object-src 'none'`;

/** The page at `/`, what it is made of, and the reports that it links to; all of it to be read only. */
export async function registerDashboard(app: FastifyInstance, home: Home, models: ServedModels): Promise<void> {
  const reader = await openBoardReader(home, models);
  const boards = async (): Promise<Markup> => renderBoards(await reader.read());
  const script = await readFile(new URL('live.js', import.meta.url), 'utf8');
  const html = 'text/html; charset=utf-8';
  const get = (url: string, type: string, answer: () => Promise<string>): void => {
    app.get(url, { schema: { hide: true } }, async (_request, reply) =>
      reply
        .type(type)
        .header('content-security-policy', pagePolicy)
        .send(await answer()),
    );
  };
  get('/', html, async () => renderPage(await boards()));
  get('/dashboard/boards', html, async () => `\n${(await boards()).html}\n`);
  get('/dashboard/live.js', 'text/javascript; charset=utf-8', () => Promise.resolve(script));
  app.get<{ Params: ReportParams }>('/reports/:model/:id/:file', { schema: { hide: true } }, async (request, reply) => {
    const { type, content } = await readReport(home.reports, request.params);
    return reply.type(type).header('content-security-policy', reportPolicy).send(content);
  });
}

interface ReportParams {
  readonly model: string;
  readonly id: string;
  readonly file: string;
}

const reportFiles: Readonly<Record<string, string>> = {
  'index.html': 'text/html; charset=utf-8',
  'report.json': 'application/json; charset=utf-8',
};

/** Names that could lead elsewhere are no reports. Throws `route-unknown`. */
async function readReport(directory: string, { model, id, file }: ReportParams) {
  const type = Object.hasOwn(reportFiles, file) ? reportFiles[file] : undefined;
  if (type === undefined || !isModelName(model) || !/^[\w-]+$/.test(id)) throw noReport(model, id);
  const content = await readFile(join(directory, model, id, file)).catch(() => null);
  if (content === null) throw noReport(model, id);
  return { type, content };
}

function noReport(model: string, id: string): ServiceError {
  return new ServiceError('route-unknown', `there is no report ${id.slice(0, 80)} of ${model.slice(0, 80)}`);
}
