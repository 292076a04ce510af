/** The packages that the programs run, installed once into a folder of their own. */
import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
export const versions = {
    '@babel/parser': '7.28.0',
    acorn: '8.15.0',
    ajv: '8.17.1',
    esprima: '4.0.1',
    express: '5.3.0',
    fastify: '5.12.8',
    fflate: '0.8.2',
    'find-my-way': '9.3.0',
    handlebars: '4.7.8',
    'js-yaml': '4.1.0',
    koa: '3.3.0',
    lodash: '4.17.21',
    'markdown-it': '14.1.0',
    marked: '15.0.12',
    mustache: '4.2.0',
    pako: '2.1.0',
    postcss: '8.5.6',
    semver: '7.7.2',
    typescript: '5.8.3',
    zod: '3.25.76',
};
const folder = fileURLToPath(new URL('../../../node_modules/.cache/umbra-bench-instrument/', import.meta.url));
/** The folder whose node_modules has them. */
export function packagesFolder() {
    const wanted = JSON.stringify({ private: true, dependencies: versions }, null, 2);
    const marker = `${folder}installed-${Object.values(versions).join('-').replaceAll('.', '')}`;
    if (existsSync(marker))
        return folder;
    mkdirSync(folder, { recursive: true });
    writeFileSync(`${folder}package.json`, wanted);
    process.stderr.write('installing the packages to measure …\n');
    execFileSync('npm', ['install', '--no-audit', '--no-fund', '--ignore-scripts', '--loglevel=error'], {
        cwd: folder,
        stdio: ['ignore', 'ignore', 'inherit'],
    });
    writeFileSync(marker, '');
    return folder;
}
//# sourceMappingURL=packages.js.map