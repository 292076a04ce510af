/** The speed of prepared, unpatched code: programs and servers of real packages, plain and prepared. */
import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { report } from '../measure.js';
import { compare } from './compare.js';
import { forms, measureForm } from './forms.js';
import { packagesFolder } from './packages.js';
import { programs } from './programs.js';
import { measureServer, servers } from './servers.js';
const GROUP = 'Prepared, unpatched code: time as a multiple of plain';
async function measure(name) {
    report({ group: GROUP, name, unit: '×', ...(await compare(name)), bar: { atMost: 1.05 } });
}
/** Each measurement has a process of its own, so that none meets what another left in the engine. */
function inProcess(...args) {
    const { stdout, status } = spawnSync(process.execPath, [...process.execArgv, fileURLToPath(import.meta.url), ...args], { stdio: ['ignore', 'pipe', 'inherit'], encoding: 'utf8' });
    if (status !== 0)
        throw new Error(`measuring ${args.join(' ')} failed`);
    const rows = stdout.split('\n').filter((line) => line.startsWith('{'));
    return rows.map((line) => JSON.parse(line));
}
function measureAll() {
    packagesFolder();
    const measured = Object.keys(programs).flatMap((name) => inProcess('program', name));
    const loaded = Object.keys(servers).flatMap((name) => inProcess('server', name));
    const medians = [...measured, ...loaded].filter(({ bar }) => bar !== undefined).map(({ median }) => median);
    const mean = Math.exp(medians.reduce((sum, median) => sum + Math.log(median), 0) / medians.length);
    const spread = { median: mean, low: Math.min(...medians), high: Math.max(...medians) };
    for (const row of [...measured, ...loaded])
        report(row);
    report({ group: GROUP, name: 'geometric mean, with servers', unit: '×', ...spread, bar: { atMost: 1.01 } });
    for (const { name } of forms)
        for (const row of inProcess('form', name))
            report(row);
}
const [what, name] = process.argv.slice(2);
if (what === 'program')
    await measure(name);
else if (what === 'form')
    measureForm(name);
else if (what === 'server')
    await measureServer(name);
else
    measureAll();
//# sourceMappingURL=index.js.map