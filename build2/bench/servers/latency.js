import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { cpus, tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { bundlePatch } from '#dist/cli/bundle.js';
import { report, summary } from '../measure.js';
import { Load, paced } from './load.js';
import { busyTime, giveProcessor } from './processor.js';
import { CONNECTIONS, Server } from './server.js';
const ROUNDS = Number(process.env.UMBRA_BENCH_ROUNDS ?? 20);
const CYCLES_A_ROUND = 10;
/** From one cycle to the next. Milliseconds. */
const PACE = 100;
const SHARE_OF_SATURATION = 0.6;
/** Of the time of all processors; a round in which others take more of it is made again. */
const MOST_DISTURBANCE = 0.05;
const MOST_ATTEMPTS = 3 * ROUNDS;
/**
 * 200 cycles by one client that stays connected, ten a second, against as many empty ones by the same client: exchanges
 * over the socket that change nothing, as many as a cycle has. The server has a processor of its own: who shares it with
 * its clients measures the clients.
 */
export async function latencyUnderCycles(kind) {
    const server = await Server.start(kind, { prepared: true, processor: 0 });
    giveProcessor(1);
    const client = await server.control();
    const steps = await cycleOfPatch();
    const sides = {
        empty: async () => {
            for (let i = 0; i < 2 * steps.length; i++)
                await client.request({ op: 'hello' });
        },
        cycles: async () => {
            for (const step of steps)
                await carryOut(client, step);
        },
    };
    await server.saturate(3);
    const { rate } = await server.saturate(3);
    const p99s = { empty: [], cycles: [] };
    for (let attempt = 0; p99s.cycles.length < ROUNDS && attempt < MOST_ATTEMPTS; attempt++) {
        const order = attempt % 2 === 0 ? ['empty', 'cycles'] : ['cycles', 'empty'];
        const round = {};
        const disturbance = await disturbanceDuring(server, async () => {
            for (const side of order)
                round[side] = await p99(server, SHARE_OF_SATURATION * rate, sides[side]);
        });
        if (disturbance > MOST_DISTURBANCE)
            continue;
        for (const side of order)
            p99s[side].push(round[side]);
    }
    process.stderr.write(`${kind}: ${p99s.cycles.length} rounds\n`);
    client.close();
    server.stop();
    const group = `p99 latency at 60 % of saturation, ${ROUNDS * CYCLES_A_ROUND} load and disable cycles`;
    report({ group, name: `${kind}, empty cycles`, unit: 'ms', ...summary(p99s.empty) });
    report({ group, name: `${kind}, cycles ÷ empty ones`, unit: '×', ...quotient(p99s), bar: { atMost: 1.2 } });
}
/** Loading, disabling and unloading a patch, as requests. */
async function cycleOfPatch() {
    const folder = mkdtempSync(join(tmpdir(), 'umbra-bench-'));
    const file = join(folder, 'patch.ts');
    writeFileSync(file, `import { definePatch } from 'umbra'
    export default definePatch({ name: 'p', targets: [{ module: './lib.js', functions: { text: () => 'new' } }] })`);
    const patch = await bundlePatch(file);
    rmSync(folder, { recursive: true });
    return [
        { op: 'load', ...patch },
        { op: 'disable', patch: 'p' },
        { op: 'unload', patch: 'p' },
    ];
}
async function carryOut(client, request) {
    await client.prepare(request);
    await client.commit();
}
/** The share of the machine's time that went to none of the two sides of the measurement. */
async function disturbanceDuring(server, work) {
    const own = async () => {
        const { user, system } = process.cpuUsage();
        return (await server.cpu()) + (user + system) / 1000;
    };
    const before = { start: performance.now(), busy: busyTime(), own: await own() };
    await work();
    const foreign = busyTime() - before.busy - ((await own()) - before.own);
    return foreign / (cpus().length * (performance.now() - before.start));
}
/** The 99th percentile of the latency of all requests of a round. Milliseconds. */
async function p99(server, rate, cycle) {
    const latencies = [];
    const load = await Load.open(server.url, CONNECTIONS, (_due, latency) => latencies.push(latency));
    let over = false;
    const answers = load.run(paced(rate), () => over);
    const start = performance.now();
    for (let i = 1; i <= CYCLES_A_ROUND; i++) {
        await cycle();
        await sleep(Math.max(0, start + i * PACE - performance.now()));
    }
    over = true;
    await answers;
    load.close();
    return latencies.sort((a, b) => a - b)[Math.floor(latencies.length * 0.99)];
}
/**
 * The quotient of the medians of all rounds, for a round in which the machine did something else says nothing; and how far
 * it depends on which rounds there were: its quartiles where as many are drawn from them, with repetitions.
 */
function quotient({ cycles, empty }) {
    const of = (rounds) => {
        const median = (all) => summary(rounds.map((round) => all[round])).median;
        return median(cycles) / median(empty);
    };
    const all = [...cycles.keys()];
    const draws = Array.from({ length: 1000 }, () => of(all.map(() => Math.floor(Math.random() * all.length))));
    return { ...summary(draws), median: of(all) };
}
//# sourceMappingURL=latency.js.map