/** The heap store against a WeakMap, which it must beat, and a plain property, which it cannot. */
import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { benchChange } from './change.js';
import { benchHost } from './host.js';
import { benchLookup, benchManyIdentifiers } from './lookup.js';
import { benchMemory } from './memory.js';
import { benchSize } from './size.js';
const sections = {
    thousand: () => benchLookup('1 thousand parents', 1000, 201),
    identifiers: () => benchManyIdentifiers(31),
    million: () => benchLookup('1 million parents', 1_000_000, 61),
    change: benchChange,
    host: benchHost,
    memory: benchMemory,
    size: benchSize,
};
// Each in a process of its own, so that no heap and no type feedback is another's.
const section = sections[process.argv[2] ?? ''];
if (section)
    await section();
else
    for (const name of Object.keys(sections)) {
        const args = [...process.execArgv, fileURLToPath(import.meta.url), name];
        if (spawnSync(process.execPath, args, { stdio: 'inherit' }).status !== 0)
            process.exit(1);
    }
//# sourceMappingURL=index.js.map