/** Who a thread is and when it counts as dead, with a `/proc` that says what the test makes it say. */
import assert from 'node:assert/strict';
import fs from 'node:fs';
import { test } from 'node:test';
const { readFileSync } = fs;
/** What is read instead of the real files, by the end of their paths: text, or the code of an error. */
let pretended = {};
fs.readFileSync = ((path, ...rest) => {
    const name = Object.keys(pretended).find((end) => String(path).endsWith(end));
    const answer = name === undefined ? undefined : pretended[name];
    if (answer === undefined)
        return readFileSync(path, ...rest);
    if (/^E[A-Z]+$/.test(answer))
        throw Object.assign(new Error(answer), { code: answer });
    return answer;
});
// What reads /proc is taken when the module is loaded.
const { currentThread, hasEnded, isNumbered, isObservable, numberOf } = await import('#dist/shared/thread.js');
const TID = Number.parseInt(readFileSync('/proc/thread-self/stat', 'latin1'), 10);
const ALIVE = readFileSync(`/proc/self/task/${TID}/stat`, 'latin1');
const self = currentThread();
/** The fields of `stat` from the state on, the start time being the twentieth. */
function stat(change, name = 'node') {
    const fields = ALIVE.slice(ALIVE.lastIndexOf(')') + 2).split(' ');
    change(fields);
    return `${TID} (${name}) ${fields.join(' ')}`;
}
const nothing = () => { };
const later = (fields) => {
    fields[19] = String(Number(fields[19]) + 1);
};
const cases = [
    ['runs', {}, false],
    [
        'runs, and its name looks like more fields',
        { [`task/${TID}/stat`]: stat(nothing, 'a) Z (b 1 2') },
        false,
    ],
    ['has ended, and its id was given to another', { [`task/${TID}/stat`]: stat(later) }, true],
    ['is no more', { [`task/${TID}/stat`]: 'ENOENT' }, true],
    ['went while it was looked at', { [`task/${TID}/stat`]: 'ESRCH' }, true],
    ['is a zombie', { [`task/${TID}/stat`]: stat((fields) => fields.splice(0, 1, 'Z')) }, true],
    ['cannot be asked about: no descriptors', { '/stat': 'EMFILE' }, undefined],
    ['cannot be asked about: no /proc any more', { '/stat': 'ENOENT' }, undefined],
    ['cannot be asked about: what is no stat', { '/stat': '{}' }, undefined],
];
for (const [what, files, ended] of cases) {
    test(`a thread that ${what}: ${ended === undefined ? 'unknown' : ended ? 'dead' : 'alive'}`, () => {
        assert.ok(isObservable(self));
        pretended = files;
        assert.equal(hasEnded(self), ended);
        pretended = {};
        assert.equal(hasEnded(self), false);
    });
}
test('a report of an exit finds its thread, and no other', () => {
    // This is Node's main thread, whose number is 0; other identities carry theirs in the same way.
    const numbered = (threadId) => self + (BigInt(threadId) << 22n);
    for (const threadId of [0, 1, 2, 1000, 2 ** 20 - 2]) {
        const thread = numbered(threadId);
        assert.ok(isNumbered(thread, threadId));
        assert.ok(numberOf(thread) !== 0, 'a slot without a report has 0');
        for (const other of [threadId + 1, -1, 0.5])
            assert.ok(!isNumbered(thread, other), `${other}`);
    }
    const reported = (number) => BigInt.asIntN(64, (1n << 63n) | number);
    assert.equal(hasEnded(reported(6n)), undefined);
    assert.ok(isNumbered(reported(6n), 5) && !isNumbered(reported(6n), 6));
    const random = reported(0xffffffffn);
    for (const threadId of [-2, -1, 0, 2 ** 32 - 2])
        assert.ok(!isNumbered(random, threadId), `${threadId}`);
});
//# sourceMappingURL=thread.test.js.map