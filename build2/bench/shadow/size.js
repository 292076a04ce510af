import { fileURLToPath } from 'node:url';
import { brotliCompressSync } from 'node:zlib';
import { build } from 'esbuild';
import { report } from '../measure.js';
/** `umbra/shadow` as a browser gets it. */
export async function benchSize() {
    const { outputFiles } = await build({
        stdin: {
            contents: "export * from 'umbra/shadow'",
            resolveDir: fileURLToPath(new URL('../../..', import.meta.url)),
        },
        bundle: true,
        minify: true,
        write: false,
        format: 'esm',
        target: 'es2022',
    });
    const size = brotliCompressSync(outputFiles[0].contents).length;
    report({
        group: 'size',
        name: 'umbra/shadow, minified, brotli',
        unit: 'B',
        median: size,
        low: size,
        high: size,
        bar: { atMost: 2048 },
    });
}
//# sourceMappingURL=size.js.map