import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { bundlePatch } from '#dist/cli/bundle.js';
import { report, summary } from '../measure.js';
import { Program } from './program.js';
/** Fills its heap, calls its functions on every turn, and notes the longest time between two turns. */
const MAIN = `
  const lib = require('./lib.cjs')
  const kept = []
  const target = Number(process.env.MEGABYTES) * 2 ** 20
  while (process.memoryUsage().heapUsed < target)
    for (let i = 0; i < 10000; i++) kept.push({ id: i, text: 'record ' + i, next: kept[i] })
  gc()
  let last = performance.now()
  let longest = 0
  function turn() {
    lib.one(1); lib.two(2); lib.three(3)
    const now = performance.now()
    if (now - last > longest) longest = now - last
    last = now
    setImmediate(turn)
  }
  turn()
  process.on('message', () => {
    process.send(longest)
    setImmediate(() => { last = performance.now(); longest = 0 })
  })
  process.send('ready')`;
const LIB = ['one', 'two', 'three'].map((name) => `exports.${name} = function ${name}(n) { return n + 1 }`);
const PATCH = `
  import { definePatch, original } from 'umbra'
  export default definePatch({ name: 'p', targets: [{ module: './lib.cjs', functions: {
    one(n) { return n + 2 },
    two(n) { return original.call(this, n) + 1 },
    three(n) { return n * 2 },
  } }] })`;
/** Loads, disables and unloads a patch of three functions this many times, in a program with a heap of this size. */
export async function benchHolds(megabytes, rounds) {
    const program = await Program.start({ 'main.cjs': MAIN, 'lib.cjs': LIB.join('\n') }, { MEGABYTES: String(megabytes) });
    try {
        const file = join(program.folder, 'patch.mjs');
        writeFileSync(file, PATCH);
        const load = { op: 'load', ...(await bundlePatch(file)) };
        const client = await program.connect();
        await cycle(program, client, load);
        const figures = [];
        for (let i = 0; i < rounds; i++)
            figures.push(await cycle(program, client, load));
        client.close();
        for (const name of Object.keys(figures[0])) {
            const bar = name.startsWith('switch') ? { bar: { atMost: 1 } } : {};
            const values = figures.map((one) => one[name]);
            report({
                group: `event loop held up, heap of ${megabytes} MB`,
                name,
                unit: 'ms',
                ...summary(values),
                ...bar,
            });
        }
    }
    finally {
        await program.stop();
    }
}
/** The longest stretch without a turn, as the program itself saw it, and what umbra says of it. */
async function cycle(program, client, load) {
    const [whole, loaded] = await held(program, () => change(client, load));
    const disabled = await held(program, () => change(client, { op: 'disable', patch: 'p' }));
    const [idle] = await held(program, () => new Promise((done) => setTimeout(done, 20)));
    await change(client, { op: 'unload', patch: 'p' });
    return {
        'switch at load, as reported': loaded.switch,
        'compile, evaluate and check, as reported': loaded.prepare,
        'longest gap between turns during load': whole,
        'switch at disable, as reported': disabled[1].switch,
        'longest gap between turns during disable': disabled[0],
        'longest gap in 20 ms of doing nothing': idle,
    };
}
async function change(client, request) {
    await client.prepare(request);
    return client.commit();
}
async function held(program, work) {
    await program.ask('begin');
    const result = await work();
    return [await program.ask('end'), result];
}
//# sourceMappingURL=holds.js.map