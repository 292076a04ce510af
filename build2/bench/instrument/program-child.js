/**
 * One side of a comparison: runs batches of a program when it is told to, and says what CPU time they took, which is
 * steadier than the clock's where other programs run too.
 */
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { packagesFolder } from './packages.js';
import { programs } from './programs.js';
function texts(folder) {
    const read = (file) => readFileSync(join(folder, 'node_modules', file), 'utf8');
    return {
        javascript: read('postcss/lib/parser.js'),
        markdown: ['marked', 'markdown-it', 'zod', 'ajv', 'pako', 'semver']
            .map((name) => read(`${name}/README.md`))
            .join('\n'),
    };
}
const folder = packagesFolder();
const round = programs[process.argv[2]](createRequire(join(folder, 'package.json')), texts(folder));
process.on('message', (batch) => {
    const start = performance.now();
    const before = process.cpuUsage();
    let rounds = 0;
    const more = 'rounds' in batch ? () => rounds < batch.rounds : () => performance.now() - start < batch.during;
    for (; more(); rounds++)
        round();
    const { user, system } = process.cpuUsage(before);
    process.send({ rounds, time: (user + system) / 1000 });
});
process.send('ready');
//# sourceMappingURL=program-child.js.map