import { SharedShadowTable } from 'umbra/shared';
/** Holds the lock inside a constructor: sets `flags[0]`, and goes on when `flags[1]` is set. */
export function holdInConstructor(handle, flags, platform) {
    if (platform !== undefined)
        Object.defineProperty(process, 'platform', { value: platform });
    const table = SharedShadowTable.open(handle);
    const view = table.attach(1, 7, 8, (fresh) => {
        Atomics.store(flags, 0, 1);
        Atomics.notify(flags, 0);
        Atomics.wait(flags, 1, 0);
        fresh.fill(1);
    });
    return view !== undefined;
}
/**
 * Is taken for dead while it holds the lock, and goes on: says which verbs it is refused then, and whether it can open
 * the table anew.
 */
export function outliveReport(handle, flags, platform) {
    Object.defineProperty(process, 'platform', { value: platform });
    const table = SharedShadowTable.open(handle);
    const verbs = {
        attach: () => table.attach(1, 7, 8, () => {
            Atomics.store(flags, 0, 1);
            Atomics.wait(flags, 1, 0);
        }),
        read: () => table.read(() => 1),
        detach: () => table.detach(2, 7),
    };
    const refused = Object.keys(verbs).filter((verb) => {
        try {
            verbs[verb]();
            return false;
        }
        catch (error) {
            return /was reported as exited/.test(error.message);
        }
    });
    try {
        const anew = SharedShadowTable.open(handle).attach(3, 7, 8);
        return anew === undefined ? refused : [...refused, 'opened anew'];
    }
    catch (error) {
        return [
            ...refused,
            /threads have this shared table open/.test(error.message) ? 'full' : 'failed',
        ];
    }
}
/** The same by a loop that never ends and never waits. */
export function spinInConstructor(handle, flags) {
    SharedShadowTable.open(handle).attach(1, 7, 8, () => {
        Atomics.store(flags, 0, 1);
        Atomics.notify(flags, 0);
        for (;;)
            ;
    });
}
/** Sets `flags[0]` inside a read section, and never leaves it. */
export function neverStopReading(handle, flags, platform) {
    if (platform !== undefined)
        Object.defineProperty(process, 'platform', { value: platform });
    const table = SharedShadowTable.open(handle);
    table.read(() => {
        table.get(1, 7);
        Atomics.store(flags, 0, 1);
        Atomics.notify(flags, 0);
        Atomics.wait(flags, 1, 0);
    });
}
/** Attaches key 2; sets `flags[2]` before, `flags[3]` after. */
export function attachAnother(handle, flags) {
    const table = SharedShadowTable.open(handle);
    Atomics.store(flags, 2, 1);
    Atomics.notify(flags, 2);
    const view = table.attach(2, 7, Uint8Array.of(2));
    Atomics.store(flags, 3, 1);
    return view !== undefined;
}
//# sourceMappingURL=lock-holder.js.map