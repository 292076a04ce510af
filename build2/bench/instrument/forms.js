/** What a site costs a tiny function, by the form of the cell: the reason for the one that was chosen. */
import vm from 'node:vm';
import { alternate, ratio, report } from '../measure.js';
const GROUP = 'Tiny methods by the form of the cell: time as a multiple of plain';
const ROUNDS = 60;
/** Of the tree whose nodes are visited: recursion, so that nothing of a site can be taken out of a loop. */
const DEPTH = 16;
const CALLS = 2 ** (DEPTH + 2);
export const forms = [
    {
        name: 'global property',
        declare: (n) => `Object.defineProperty(globalThis, '$cell${n}', { value: undefined, writable: true })`,
        read: (n) => `$cell${n}`,
        write: (n, value) => `$cell${n} = ${value}`,
    },
    {
        name: 'script-scope let (chosen from Node 22 on)',
        declare: (n) => `let $cell${n}`,
        read: (n) => `$cell${n}`,
        write: (n, value) => `$cell${n} = ${value}`,
    },
    {
        name: 'element of a constant array',
        declare: (n) => `const $cell${n} = [undefined]`,
        read: (n) => `$cell${n}[0]`,
        write: (n, value) => `$cell${n}[0] = ${value}`,
    },
    {
        name: 'field of a constant object, one shape for all',
        declare: (n) => `const $cell${n} = { t: undefined }`,
        read: (n) => `$cell${n}.t`,
        write: (n, value) => `$cell${n}.t = ${value}`,
    },
    {
        name: 'field of a constant object, a shape each (chosen before)',
        declare: (n) => `const $cell${n} = { t${n}: undefined }`,
        read: (n) => `$cell${n}.t${n}`,
        write: (n, value) => `$cell${n}.t${n} = ${value}`,
    },
];
function tinyMethods(site) {
    const text = `
    function $accessor() {}
    class Tree {
      constructor(depth) { ${site(0, 'depth')} this.depth = depth; this.left = depth > 0 ? new Tree(depth - 1) : null; this.right = this.left }
      leaf() { ${site(1, '')} return this.left === null }
      sum(start) { ${site(2, 'start')} return this.leaf() ? start : this.left.sum(start + 1) + this.right.sum(start) }
    }
    const tree = new Tree(${DEPTH})
    return () => tree.sum(0)`;
    return vm.compileFunction(text)();
}
/** One form, in a process of its own; then once more after another file has been patched and reverted. */
export function measureForm(name) {
    const form = forms.find((candidate) => candidate.name === name);
    for (const n of [0, 1])
        vm.runInThisContext(form.declare(n));
    const prepared = tinyMethods((index, parameters) => {
        const all = ['this', '$accessor', parameters].filter(Boolean).join();
        return `var $u = ${form.read(0)}; if ($u !== void 0 && ($u = $u[${index}]) !== void 0) return $u.call(${all});`;
    });
    const plain = tinyMethods(() => '');
    for (const when of ['', ', after a patch of another file']) {
        for (let n = 0; n < 50; n++) {
            plain();
            prepared();
        }
        const times = alternate({ prepared, plain }, { rounds: ROUNDS, operations: CALLS });
        report({ group: GROUP, name: `${name}${when}`, unit: '×', ...ratio(times.prepared, times.plain) });
        vm.runInThisContext(`${form.write(1, '[]')}; ${form.write(1, 'undefined')}`);
    }
}
//# sourceMappingURL=forms.js.map