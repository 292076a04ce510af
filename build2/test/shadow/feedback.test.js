import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as shadow from 'umbra/shadow';
test('every identifier has accessors compiled from text of its own', () => {
    const places = ['FEEDBACK_1', 'FEEDBACK_2'].map((name) => {
        const id = shadow.shadowId(name);
        try {
            id.get(1);
        }
        catch (error) {
            return /at .*get \(eval at compile .*<anonymous>:(\d+):/.exec(error.stack)?.[1];
        }
        return undefined;
    });
    assert.match(places[0], /^\d+$/);
    assert.notEqual(places[0], places[1]);
});
//# sourceMappingURL=feedback.test.js.map