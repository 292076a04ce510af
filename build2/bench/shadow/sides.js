/**
 * What is compared: umbra, what a user would write instead (a WeakMap), and the physical limit, a plain property,
 * which modifies the object. Every side gets parents of a class of its own and loops of its own text, so that none
 * shares hidden classes or type feedback with another.
 */
import { shadowId } from 'umbra/shadow';
export const major = Number(process.versions.node.split('.')[0]);
let serial = 0;
/** Compiles `body` as a function of `parents` and `times`, with `side`'s methods in reach as `get`, `attach`, … */
export function loop(side, body) {
    const names = Object.keys(side);
    return new Function(...names, `return (parents, times) => { ${body} } // ${serial++}`)(...Object.values(side));
}
/** A loop that looks up every parent, `times` over, and counts what it finds. */
export const lookups = (side) => loop({ get: side.get }, `let found = 0
     for (let t = 0; t < times; t++)
       for (let i = 0; i < parents.length; i++) if (get(parents[i]) !== undefined) found++
     return found`);
/**
 * Data of several types. Where a plain property only ever held one type, V8 knows without looking that it is not
 * undefined, and the loop above would measure nothing.
 */
export const dataOf = (i) => (i % 2 === 0 ? i : { i });
/** Makes parents of a fresh class with two fields. */
export function parentClass(shape = 0) {
    return new Function(`class Parent { constructor(i) { ${shape === 0 ? '' : `this.s${shape} = i;`} this.a = i; this.b = i } }
     for (let i = 0; i < 100; i++) new Parent(i) // ${serial++}
     return (count) => Array.from({ length: count }, (_, i) => new Parent(i))`)();
}
export function umbra(options = {}) {
    return shadowId(`bench-${serial++}`, options);
}
export function weakMap() {
    return new Function(`const map = new WeakMap() // ${serial++}
     return {
       get(parent) { return map.get(parent) },
       attach(parent, data) { map.set(parent, data); return data },
       detach(parent) { return map.delete(parent) },
     }`)();
}
export function property() {
    const name = `shadow${serial++}`;
    return new Function(`return {
       get(parent) { return parent.${name} },
       attach(parent, data) { parent.${name} = data; return data },
       detach(parent) { parent.${name} = undefined; return true },
     }`)();
}
export const kinds = {
    umbra: () => umbra(),
    WeakMap: weakMap,
    property,
};
//# sourceMappingURL=sides.js.map