import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { test } from 'node:test';
// Non-extensible objects will not take private fields for ever: engines are preparing for it, behind this flag.
const flag = '--js-nonextensible-applies-to-private';
const known = spawnSync(process.execPath, ['--v8-options'], { encoding: 'utf8' }).stdout.includes(flag);
test(`objects that take no private fields are parents like others (the engine can refuse: ${known})`, () => {
    const model = new URL('./portable/model.js', import.meta.url).href;
    const shadow = new URL('../../../dist/shadow/index.js', import.meta.url).href;
    const source = `
    import assert from 'node:assert'
    import { checkAgainstModel } from '${model}'
    import { shadowId } from '${shadow}'
    class Return { constructor(object) { return object } }
    class Stamp extends Return { #field }
    const stamp = () => new Stamp(Object.freeze({}))
    if (${known}) assert.throws(stamp, TypeError)
    else stamp()
    const parent = Object.freeze({})
    const [first, second] = [shadowId('left empty'), shadowId('in its place')]
    first.attach(parent, 1)
    first.detach(parent)
    second.attach(parent, 2)
    assert.equal(second.get(parent), 2)
    let duplicates = 0
    process.emitWarning = () => duplicates++
    checkAgainstModel(5000, () => duplicates)`;
    const { status, stderr } = spawnSync(process.execPath, [...(known ? [flag] : []), '--input-type=module', '--eval', source], { encoding: 'utf8' });
    assert.equal(status, 0, stderr);
});
//# sourceMappingURL=refused.test.js.map