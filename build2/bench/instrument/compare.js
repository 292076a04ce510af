/**
 * A program in a plain process and in a prepared one, which take turns. No two processes optimise alike or lay out
 * their heaps alike, so one pair says little: there are many, and the figure is the median of theirs.
 */
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { ratio, summary } from '../measure.js';
import { letGoFirst } from '../servers/processor.js';
const child = fileURLToPath(new URL('./program-child.js', import.meta.url));
const register = import.meta.resolve('umbra/register');
export const PAIRS = Number(process.env.UMBRA_BENCH_PAIRS ?? 10);
/** Time for each side before it is measured, in milliseconds, and how many pieces it comes in. */
const WARM_UP = 1500;
const PIECES = 4;
const ROUNDS = 16;
/** How long a batch of a round is, in milliseconds. */
const BATCH = 50;
const sides = ['plain', 'prepared'];
/** Further flags of the prepared side, to try what they change. */
const FLAGS = process.env.UMBRA_BENCH_FLAGS?.split(' ') ?? [];
async function start(name, side, scratch) {
    const process_ = fork(child, [name], {
        execArgv: side === 'prepared' ? [...FLAGS, '--import', register] : [],
        env: { ...process.env, UMBRA_DIR: join(scratch, 'run'), UMBRA_CACHE: join(scratch, 'cache') },
    });
    await once(process_, 'message');
    letGoFirst(process_.pid);
    return process_;
}
async function run(process_, batch) {
    process_.send(batch);
    const [done] = (await once(process_, 'message'));
    return done;
}
/** The median, over the rounds of one pair of processes, of prepared ÷ plain. */
async function comparePair(name, scratch, first) {
    const order = first === 'plain' ? sides : sides.toReversed();
    const running = {};
    for (const side of order)
        running[side] = await start(name, side, scratch);
    let last;
    for (let piece = 0; piece < PIECES; piece++) {
        for (const side of order) {
            const done = await run(running[side], { during: WARM_UP / PIECES });
            if (side === 'plain')
                last = done;
        }
    }
    const rounds = Math.max(1, Math.round((BATCH * last.rounds) / last.time));
    const times = { plain: [], prepared: [] };
    for (let round = 0; round < ROUNDS; round++) {
        for (const side of round % 2 === 0 ? order : order.toReversed()) {
            times[side].push((await run(running[side], { rounds })).time);
        }
    }
    for (const side of sides)
        running[side].kill('SIGKILL');
    return ratio(times.prepared, times.plain).median;
}
/** Prepared ÷ plain: the median over pairs of processes, and the quartiles. */
export async function compare(name) {
    const scratch = mkdtempSync(join(tmpdir(), 'umbra-bench-'));
    // Two that are not counted: they fill the caches, of prepared text and of compiled code.
    for (let n = 0; n < 2; n++) {
        const filling = await start(name, 'prepared', scratch);
        filling.disconnect();
        await once(filling, 'exit');
    }
    const ratios = [];
    for (let pair = 0; pair < PAIRS; pair++) {
        ratios.push(await comparePair(name, scratch, sides[pair % 2]));
    }
    rmSync(scratch, { recursive: true, force: true, maxRetries: 5 });
    return summary(ratios);
}
//# sourceMappingURL=compare.js.map