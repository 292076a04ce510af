/** What preparing a program costs when it starts, and in memory. Every start is a process of its own. */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, realpathSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ratio, report, summary } from '../measure.js';
import { writeProgram, writeService } from './modules.js';
const rounds = Number(process.env.UMBRA_BENCH_ROUNDS ?? 15);
const modules = 1000;
const folder = realpathSync(mkdtempSync(join(tmpdir(), 'umbra-bench-')));
const register = import.meta.resolve('umbra/register');
/** A load hook that does nothing, in Node's thread of hooks. */
const emptyHook = `data:text/javascript,${encodeURIComponent(`
  import { register } from 'node:module'
  register('data:text/javascript,export const load = (url, context, next) => next(url, context)')
`)}`;
const hasOwnThreadHooks = 'registerHooks' in (await import('node:module')).default;
function start(kind, node) {
    const env = { ...process.env, NODE_OPTIONS: '', UMBRA_CACHE: join(folder, 'cache') };
    const begin = process.hrtime.bigint();
    const { status, stdout, stderr } = spawnSync(process.execPath, [...node, join(folder, kind, 'main.js')], {
        env,
        encoding: 'utf8',
    });
    const time = Number(process.hrtime.bigint() - begin) / 1e6;
    if (status !== 0)
        throw new Error(stderr);
    return { time, memory: Number(stdout) };
}
const plain = [];
const prepared = ['--import', register];
const forget = () => rmSync(join(folder, 'cache'), { recursive: true, force: true });
/** Starts with each set of arguments in turn, in a new order every round. */
function alternate(kind, sides, count, before = () => { }) {
    const starts = sides.map(() => []);
    for (let round = 0; round < count; round++) {
        for (let i = 0; i < sides.length; i++) {
            const side = (i + round) % sides.length;
            before();
            starts[side].push(start(kind, sides[side]));
        }
    }
    return starts;
}
const times = (starts) => starts.map(({ time }) => time);
const memories = (starts) => starts.map(({ memory }) => memory);
/** A row for plain, for a start whose cache is filled and for the first one, and one for memory. */
function compare(kind, name, group) {
    const threaded = kind === 'esm' && !hasOwnThreadHooks;
    start(kind, prepared);
    start(kind, prepared); // Node's cache of compiled code fills with the second start
    const [bare, warm, hook] = alternate(kind, [plain, prepared, ...(threaded ? [['--import', emptyHook]] : [])], rounds);
    const [bareToo, cold] = alternate(kind, [plain, prepared], Math.ceil(rounds / 3), forget);
    report({ group, name: `${name}, plain`, unit: 'ms', ...summary(times(bare)) });
    if (hook) {
        const added = (starts) => starts.map(({ time }, round) => time - bare[round].time);
        const against = ratio(added(warm), added(hook));
        report({
            group,
            name: `${name}, added to plain, against an empty hook`,
            unit: '×',
            ...against,
            bar: { atMost: 1.1 },
        });
    }
    const bar = (figure) => (threaded ? {} : { bar: { atMost: figure } });
    report({ group, name: `${name}, cached`, unit: '×', ...ratio(times(warm), times(bare)), ...bar(1.05) });
    report({
        group,
        name: `${name}, for the first time`,
        unit: '×',
        ...ratio(times(cold), times(bareToo)),
        ...bar(1.5),
    });
    report({
        group: 'resident memory',
        name,
        unit: '×',
        ...ratio(memories(warm), memories(bare)),
        ...bar(1.08),
    });
}
try {
    for (const [kind, name] of [
        ['cjs', 'CommonJS'],
        ['esm', 'ES modules'],
    ]) {
        writeProgram(join(folder, kind), kind, modules);
        compare(kind, name, `start of ${modules} modules`);
    }
    writeService(join(folder, 'service'));
    compare('service', 'express and fastify', 'start of a service, two requests included');
}
finally {
    rmSync(folder, { recursive: true, force: true });
}
//# sourceMappingURL=index.js.map