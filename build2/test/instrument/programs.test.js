import assert from 'node:assert/strict';
import { test } from 'node:test';
import { programs } from './programs.js';
import { cellForms, outcomes } from './support.js';
const cases = cellForms.flatMap((cellForm) => programs.map((program) => ({ cellForm, ...program })));
for (const { name, cellForm, source, type = 'commonjs', missing = 0 } of cases) {
    test(`${name}: the same plain, prepared, and with every function replaced by its original (${cellForm})`, async () => {
        const result = await outcomes({ source, type, cellForm });
        assert.ok(result.plain.length > 0);
        assert.deepEqual(result.prepared, result.plain);
        // A replaced async function settles one turn of the microtask queue later: the order among them may change.
        assert.deepEqual([...result.replaced].sort(), [...result.plain].sort());
        assert.ok(result.missing.length <= missing, result.missing.join('\n'));
    });
}
//# sourceMappingURL=programs.test.js.map