import { ratio, report } from '../measure.js';
import { giveProcessor } from './processor.js';
import { Server } from './server.js';
/** Two processes that run the same are not equally fast: what they have in common shows in several pairs only. */
const PAIRS = 4;
const ROUNDS_A_PAIR = Number(process.env.UMBRA_BENCH_ROUNDS ?? 10);
const SECONDS = 0.5;
/**
 * Saturates a server with and one without umbra by turns. Entry sites are left out: what is compared is umbra's presence,
 * tasks and control socket.
 */
export async function costOfBeingPresent(kind) {
    giveProcessor(1);
    const rates = { without: [], present: [] };
    const costs = { without: [], present: [] };
    for (let pair = 0; pair < PAIRS; pair++) {
        const servers = {
            without: await Server.start(kind, { prepared: false, processor: 0 }),
            present: await Server.start(kind, { prepared: true, processor: 0, env: { UMBRA_EXCLUDE: '.,*' } }),
        };
        for (const server of Object.values(servers))
            await server.saturate(2);
        for (let round = 0; round < ROUNDS_A_PAIR; round++) {
            const order = (pair + round) % 2 === 0 ? ['without', 'present'] : ['present', 'without'];
            for (const side of order) {
                const { rate, cost } = await servers[side].saturate(SECONDS);
                rates[side].push(rate);
                costs[side].push(cost);
            }
        }
        for (const server of Object.values(servers))
            server.stop();
    }
    const common = { group: 'Umbra present, no patch in transition: against plain Node', unit: '×' };
    const requests = ratio(rates.present, rates.without);
    report({ ...common, name: `${kind}: requests per second`, ...requests, bar: { atLeast: 0.99 } });
    report({ ...common, name: `${kind}: CPU time of a request`, ...ratio(costs.present, costs.without) });
}
//# sourceMappingURL=presence.js.map