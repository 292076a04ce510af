import { setTimeout as delay } from 'node:timers/promises';
/** Waits for what is bound to happen; a test that waits in vain fails with what it waited for. */
export async function until(condition, seconds = 30) {
    const end = Date.now() + seconds * 1000;
    while (!(await condition())) {
        if (Date.now() > end)
            throw new Error(`not within ${seconds} s: ${condition}`);
        await delay(10);
    }
}
//# sourceMappingURL=until.js.map