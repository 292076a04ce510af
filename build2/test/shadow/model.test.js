import { test } from 'node:test';
import { scaled } from '../support/scale.js';
import { checkAgainstModel } from './portable/model.js';
test('the store does what a plain model does, over random sequences of all verbs', () => {
    let duplicates = 0;
    process.emitWarning = ((_, options) => {
        if (options.code === 'UMBRA_SHADOW_DUPLICATE')
            duplicates++;
    });
    checkAgainstModel(scaled({ quick: 20_000, ci: 150_000, full: 2_000_000 }), () => duplicates);
});
//# sourceMappingURL=model.test.js.map