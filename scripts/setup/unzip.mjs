import { createReadStream, createWriteStream, mkdirSync } from 'node:fs';
import { open } from 'node:fs/promises';
import { dirname } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { createInflateRaw } from 'node:zlib';

/** @typedef {{ name: string, method: number, compressedBytes: number, headerOffset: number }} ZipEntry */

const endSignature = 0x06054b50;
const entrySignature = 0x02014b50;
const endBytes = 22;
const localHeaderBytes = 30;
const longestComment = 0xffff;

/**
 * Unpacks chosen files of a zip archive (a wheel is one). The archive's checksum must have been verified.
 * @param {string} archive
 * @param {(name: string) => string | undefined} chooseTarget the path for an entry, or undefined to leave it
 * @param {{ mode?: number }} [options]
 * @returns {Promise<number>} how many files were written
 */
export async function unzip(archive, chooseTarget, { mode = 0o644 } = {}) {
  const file = await open(archive, 'r');
  try {
    let written = 0;
    for (const entry of await readEntries(file)) {
      const target = chooseTarget(entry.name);
      if (target === undefined) continue;
      mkdirSync(dirname(target), { recursive: true });
      await extract(file, archive, entry, target, mode);
      written += 1;
    }
    return written;
  } finally {
    await file.close();
  }
}

/**
 * @param {import('node:fs/promises').FileHandle} file
 * @returns {Promise<ZipEntry[]>}
 */
async function readEntries(file) {
  const { size } = await file.stat();
  const tail = await readBytes(
    file,
    Math.max(0, size - endBytes - longestComment),
    Math.min(size, endBytes + longestComment),
  );
  let end = tail.length - endBytes;
  while (end >= 0 && tail.readUInt32LE(end) !== endSignature) end -= 1;
  if (end < 0) throw new Error('This is not a zip archive: it has no directory.');
  const directory = await readBytes(file, tail.readUInt32LE(end + 16), tail.readUInt32LE(end + 12));
  /** @type {ZipEntry[]} */
  const entries = [];
  for (let at = 0; at + 46 <= directory.length && directory.readUInt32LE(at) === entrySignature;) {
    const nameBytes = directory.readUInt16LE(at + 28);
    entries.push({
      name: directory.toString('utf8', at + 46, at + 46 + nameBytes),
      method: directory.readUInt16LE(at + 10),
      compressedBytes: directory.readUInt32LE(at + 20),
      headerOffset: directory.readUInt32LE(at + 42),
    });
    at += 46 + nameBytes + directory.readUInt16LE(at + 30) + directory.readUInt16LE(at + 32);
  }
  return entries.filter((entry) => !entry.name.endsWith('/'));
}

/**
 * @param {import('node:fs/promises').FileHandle} file
 * @param {string} archive
 * @param {ZipEntry} entry
 * @param {string} target
 * @param {number} mode
 */
async function extract(file, archive, entry, target, mode) {
  const header = await readBytes(file, entry.headerOffset, localHeaderBytes);
  const start = entry.headerOffset + localHeaderBytes + header.readUInt16LE(26) + header.readUInt16LE(28);
  const sink = createWriteStream(target, { mode });
  if (entry.compressedBytes === 0) {
    await pipeline([Buffer.alloc(0)], sink);
    return;
  }
  const source = createReadStream(archive, { start, end: start + entry.compressedBytes - 1, highWaterMark: 1 << 20 });
  if (entry.method === 0) await pipeline(source, sink);
  else await pipeline(source, createInflateRaw({ chunkSize: 1 << 20 }), sink);
}

/**
 * @param {import('node:fs/promises').FileHandle} file
 * @param {number} position
 * @param {number} length
 */
async function readBytes(file, position, length) {
  const buffer = Buffer.alloc(length);
  const { bytesRead } = await file.read(buffer, 0, length, position);
  return buffer.subarray(0, bytesRead);
}
