import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { bundlePatch } from '#dist/cli/bundle.js';
import { ratio, report, summary } from '../measure.js';
import { Program } from './program.js';
/**
 * Three sizes of function: the smaller, the more a call shows. The leaf shows that V8 inlines a plain function into its
 * caller and does not inline a replacement.
 */
const BODIES = {
    leaf: 'return (n * 31 + 7) | 0',
    method: 'return [n, n + 1].map((x) => x * 2).length + n',
    parser: `const text = 'user=' + n + '&page=12'
    const pairs = {}
    for (const pair of text.split('&')) { const at = pair.indexOf('='); pairs[pair.slice(0, at)] = pair.slice(at + 1) }
    return pairs.user.length + n`,
};
const functions = (of) => Object.entries(BODIES)
    .map(([name, body]) => of(name, body))
    .join('\n');
const MAIN = `
  const patched = require('./lib.cjs')
  const plain = require('plain')
  const rounds = 31
  const loops = {
    ${functions((name) => `${name}: { patched(times) { let x = 0; for (let i = 0; i < times; i++) x ^= patched.${name}(i & 63); return x }, plain(times) { let x = 0; for (let i = 0; i < times; i++) x ^= plain.${name}(i & 63); return x } },`)}
  }
  process.on('message', ({ name, times }) => {
    const sides = loops[name]
    const result = { patched: [], plain: [] }
    for (let round = -5; round < rounds; round++) {
      for (const side of round % 2 ? ['patched', 'plain'] : ['plain', 'patched']) {
        const start = process.hrtime.bigint()
        sides[side](times)
        const time = Number(process.hrtime.bigint() - start) / times
        if (round >= 0) result[side].push(time)
      }
    }
    process.send(result)
  })
  process.send('ready')`;
/** A call of a patched function against one of the same function in a file that was never prepared. */
export async function benchCalls() {
    const lib = functions((name, body) => `exports.${name} = function ${name}(n) { ${body} }`);
    const program = await Program.start({
        'main.cjs': MAIN,
        'lib.cjs': functions((name, body) => `exports.${name} = function ${name}(n) { n++; ${body} }`),
        'node_modules/plain/package.json': '{ "name": "plain", "version": "1.0.0" }',
        'node_modules/plain/index.js': lib,
    }, { UMBRA_EXCLUDE: 'plain' });
    try {
        const file = join(program.folder, 'patch.mjs');
        const replacements = functions((name, body) => `${name}(n) { ${body} },`);
        writeFileSync(file, `import { definePatch } from 'umbra'
       export default definePatch({ name: 'p', targets: [{ module: './lib.cjs', functions: { ${replacements} } }] })`);
        const client = await program.connect();
        await client.prepare({ op: 'load', ...(await bundlePatch(file)) });
        await client.commit();
        client.close();
        for (const name of Object.keys(BODIES)) {
            const times = name === 'parser' ? 100_000 : 3_000_000;
            const { patched, plain } = await program.ask({ name, times });
            const group = 'call of a patched function';
            report({
                group,
                name: `${name}: against the same compiled normally`,
                unit: '×',
                ...ratio(patched, plain),
            });
            report({ group, name: `${name}: patched`, unit: 'ns', ...summary(patched) });
            report({ group, name: `${name}: compiled normally`, unit: 'ns', ...summary(plain) });
        }
    }
    finally {
        await program.stop();
    }
}
//# sourceMappingURL=calls.js.map