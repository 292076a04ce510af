import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
/** Writes files by their paths below a folder, and the folders that they take. */
export function writeFiles(folder, files) {
    for (const [file, text] of Object.entries(files)) {
        const path = join(folder, file);
        mkdirSync(dirname(path), { recursive: true });
        writeFileSync(path, text);
    }
}
//# sourceMappingURL=files.js.map