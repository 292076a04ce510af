/** Programs of many modules, for measuring what starting them costs. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
/**
 * Writes a service as people run them: the modules of express and fastify (some 400, of all sizes), a server of each, a
 * request to both; then it prints resident memory, in bytes, and ends.
 */
export function writeService(folder) {
    mkdirSync(folder, { recursive: true });
    writeFileSync(join(folder, 'package.json'), JSON.stringify({ type: 'commonjs' }));
    writeFileSync(join(folder, 'main.js'), serviceText(createRequire(import.meta.url)));
}
function serviceText({ resolve }) {
    const [express, fastify] = ['express', 'fastify'].map((name) => JSON.stringify(resolve(name)));
    return `const http = require('node:http')
const express = require(${express})
const fastify = require(${fastify})

const app = express()
app.use(express.json())
app.get('/', (request, response) => response.json({ hello: request.query.name }))

const api = fastify()
api.get('/', async (request) => ({ hello: request.query.name }))

function get(port) {
  return new Promise((resolve, reject) => {
    http.get({ port, path: '/?name=world', agent: false }, (response) => response.resume().on('end', resolve)).on('error', reject)
  })
}

const server = app.listen(0, async () => {
  await get(server.address().port)
  await api.listen({ port: 0 })
  await get(api.server.address().port)
  console.log(process.memoryUsage.rss())
  server.close()
  await api.close()
})
`;
}
/**
 * Writes a program whose modules have the size and shape of the average module on npm: three to four kilobytes, comments
 * included, half a dozen functions, a class, some data. Each is required by one other; the last line of `main.js` prints
 * resident memory, in bytes.
 */
export function writeProgram(folder, kind, count) {
    mkdirSync(join(folder, 'lib'), { recursive: true });
    writeFileSync(join(folder, 'package.json'), JSON.stringify({ type: kind === 'esm' ? 'module' : 'commonjs' }));
    for (let i = 0; i < count; i++)
        writeFileSync(join(folder, 'lib', `m${i}.js`), moduleText(i, kind, count));
    const load = kind === 'esm' ? `import './lib/m0.js'` : `require('./lib/m0.js')`;
    writeFileSync(join(folder, 'main.js'), `${load}\nconsole.log(process.memoryUsage.rss())\n`);
}
function moduleText(i, kind, count) {
    const needed = Array.from({ length: 10 }, (_, k) => i * 10 + k + 1).filter((child) => child < count);
    const load = needed.map((child) => kind === 'esm'
        ? `import * as m${child} from './m${child}.js'`
        : `const m${child} = require('./m${child}.js')`);
    const names = Array.from({ length: 4 + (i % 4) }, (_, f) => `handle${i}_${f}`);
    const shown = [...names, `Store${i}`].join(', ');
    return [
        kind === 'esm' ? '' : `'use strict'\n`,
        ...load,
        `const limits${i} = { retries: ${i % 7}, delay: ${i * 13}, name: 'module ${i}', tags: ['a', 'b', 'c${i}'] }\n`,
        ...names.map((name, f) => functionText(name, i, f)),
        classText(i),
        kind === 'esm' ? `export { ${shown} }` : `module.exports = { ${shown} }`,
        '',
    ].join('\n');
}
function functionText(name, i, f) {
    return `/**
 * Turns the items of a request into rows, and leaves out those that this module does not know about.
 * @param {object[]} items what came in; never changed
 * @param {object} [options] \`strict\` throws where an item would be left out
 */
function ${name}(items, options = {}) {
  const rows = []
  for (const item of items) {
    if (item.kind === 'kind-${i}-${f}') {
      rows.push({ id: item.id, total: item.values.reduce((sum, value) => sum + value, ${f}) })
    } else if (options.strict) {
      throw new TypeError('module ${i} does not know items of kind ' + item.kind)
    }
  }
  return rows.length > limits${i}.retries ? rows.slice(0, limits${i}.retries) : rows
}
`;
}
function classText(i) {
    return `class Store${i} {
  constructor(rows) {
    this.rows = new Map(rows.map((row) => [row.id, row]))
    this.changed = false
  }

  get size() {
    return this.rows.size
  }

  put(row) {
    this.changed ||= this.rows.get(row.id) !== row
    this.rows.set(row.id, row)
    return this
  }
}
`;
}
//# sourceMappingURL=modules.js.map