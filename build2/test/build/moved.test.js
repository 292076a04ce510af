// Files that a release has put somewhere else, or given another name: they go on as what they are in the running program.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { checkBothWays, problemsOf, withBuild } from './versions.js';
const store = (value, other = './names') => `const { nameOf } = require('${other}')
  const all = new Map()
  class Entry { constructor(key) { this.key = key } show() { return nameOf(this.key) + ${value} } }
  exports.put = (key) => { all.set(key, new Entry(key)); return all.get(key) }
  exports.size = () => all.size
  exports.isEntry = (x) => x instanceof Entry`;
const index = (path) => `const store = require('${path}'); exports.put = (key) => store.put(key)
  exports.size = () => store.size(); exports.isEntry = (x) => store.isEntry(x)`;
const names = `exports.nameOf = (x) => 'name of ' + x`;
const old = { 'index.js': index('./store'), 'store.js': store('1'), 'names.js': names };
describe('a file at another place', () => {
    const places = {
        'in a folder': {
            'index.js': index('./core/store'),
            'core/store.js': store('2', '../names.js'),
            'names.js': names,
        },
        'under another name': { 'index.js': index('./storage.js'), 'storage.js': store('2'), 'names.js': names },
        'with what it needs': {
            'index.js': index('./core/store'),
            'core/store.js': store('2'),
            'core/names.js': names,
        },
    };
    for (const [where, young] of Object.entries(places))
        it(`keeps its state and its classes: ${where}`, () => checkBothWays(old, young, `const it = lib.put('a')`, `[lib.size(), lib.isEntry(it), it.show(), lib.put('a').show()]`, [
            [1, true, 'name of a1', 'name of a1'],
            [1, true, 'name of a2', 'name of a2'],
        ]));
    it('is a new one where little of it is left: what the old one keeps is a problem', async () => {
        const young = {
            'index.js': index('./core/other'),
            'core/other.js': `class Entry { show() { return 3 } } const all = new Map(); let last
        exports.put = (key) => { last = new Entry(); all.set(key, last); return last }; exports.size = () => all.size
        exports.isEntry = (x) => x instanceof Entry`,
        };
        await withBuild(old, young, async (made) => {
            const found = problemsOf(made).join('\n');
            assert.match(found, /store\.js:2: all: the running version keeps in it .* it is in another file now/);
            assert.match(found, /store\.js:3: Entry: the class is in another file now/);
        });
    });
});
describe('what programs get by the name of a package', () => {
    const text = (n) => `const all = []; class C { go() { return ${n} } }
    exports.make = () => { const made = new C(); all.push(made); return made }; exports.size = () => all.length
    exports.isOne = (x) => x instanceof C`;
    const manifest = (version, main) => JSON.stringify({ name: 'lib', version, main });
    const setup = `const it = lib.make()`;
    const use = `[lib.size(), lib.isOne(it), it.go()]`;
    const results = [
        [1, true, 1],
        [1, true, 2],
    ];
    const inFolder = { 'package.json': manifest('1.0.0', 'dist/index.js'), 'dist/index.js': text(1) };
    const handedOn = {
        'index.js': `// All of it.\nmodule.exports = require('./lib/all');`,
        'lib/all.js': text(1),
    };
    it('is the running file where it stands in another folder', () => checkBothWays(inFolder, { 'package.json': manifest('1.0.1', 'src/main'), 'src/main.js': text(2) }, setup, use, results));
    it('is the running file where that handed on another one, which is gone', () => checkBothWays(handedOn, { 'index.js': text(2) }, setup, use, results));
    it('is the running file where that hands on a new one', () => checkBothWays({ 'index.js': text(1), 'more.js': `exports.all = require('./index')` }, {
        'index.js': `'use strict'\nmodule.exports = require('./lib/all')`,
        'lib/all.js': text(2),
        'more.js': `exports.all = require('./lib/all')`,
    }, setup, use, results));
    it('is the file itself where another one has handed it on', () => checkBothWays(handedOn, { 'package.json': manifest('1.0.1', 'lib/all'), 'lib/all.js': text(2) }, setup, use, results));
    it('is another file where that asks for its place', async () => {
        const where = `${text(1)}; exports.at = () => __dirname`;
        await withBuild({ ...inFolder, 'dist/index.js': where }, { 'package.json': manifest('1.0.1', 'src/main'), 'src/main.js': where }, async (made) => assert.match(problemsOf(made).join(), /entry '\.': in the new version it is src\/main/));
    });
});
//# sourceMappingURL=moved.test.js.map