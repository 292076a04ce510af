/**
 * The shipped code of the shared table with a hook before every access to shared memory: what the scheduler and the
 * fault tests run. It is made from `dist/shared` when a test starts, so that it is never another algorithm than the
 * one which is shipped, and the shipped one needs no hooks.
 */
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { parseSync } from 'oxc-parser';
const dist = fileURLToPath(new URL('../../../../dist/shared/', import.meta.url));
const CALLBACKS = ['ctor', 'dtor', 'fn'];
/** Writes the variant to a new folder and returns the URL of its `index.js`. */
export function buildVariant(variant) {
    const temporary = mkdtempSync(join(tmpdir(), 'umbra-shared-'));
    process.once('exit', () => rmSync(temporary, { recursive: true, force: true }));
    const folder = join(temporary, 'shared');
    mkdirSync(folder);
    writeFileSync(join(folder, 'package.json'), '{ "type": "module" }\n');
    writeFileSync(join(folder, 'hooks.js'), variant.hooks);
    const files = readdirSync(dist).filter((file) => file.endsWith('.js'));
    const sources = new Map(files.map((file) => [file, readFileSync(join(dist, file), 'utf8')]));
    const names = new Set();
    for (const [file, source] of sources)
        if (file !== 'thread.js')
            collectFunctions(parse(file, source), names);
    for (const [file, source] of sources) {
        const text = file === 'thread.js' ? (variant.thread ?? source) : new Transform(file, source, names, variant).text();
        writeFileSync(join(folder, file), text);
    }
    return pathToFileURL(join(folder, 'index.js')).href;
}
class Transform {
    #file;
    #source;
    #names;
    #variant;
    /** Put before a call that may stop. */
    #wait;
    constructor(file, source, names, variant) {
        this.#file = file;
        this.#source = source;
        this.#names = names;
        this.#variant = variant;
        this.#wait = variant.generators ? 'yield* ' : '';
    }
    text() {
        const body = this.#render(parse(this.#file, this.#source));
        return `import { $load, $store, $atomic, $bulk } from './hooks.js'\n${this.#constants(body)}`;
    }
    #constants(text) {
        let changed = text;
        for (const [name, value] of Object.entries(this.#variant.constants ?? {})) {
            changed = changed.replace(new RegExp(`const ${name} = [^;]*;`), `const ${name} = ${value};`);
        }
        return changed;
    }
    #render(node) {
        switch (node.type) {
            case 'ArrowFunctionExpression':
                return this.#slice(node);
            case 'MemberExpression':
                return this.#isAccess(node) ? this.#load(node) : this.#children(node);
            case 'AssignmentExpression':
                return this.#isAccess(node.left) ? this.#store(node) : this.#children(node);
            case 'CallExpression':
                return this.#call(node);
            case 'FunctionDeclaration':
                return this.#generator(this.#children(node), /^(export )?function /, '$1function* ');
            case 'MethodDefinition':
                return node.kind === 'method'
                    ? this.#generator(this.#children(node), /^(static )?/, '$1*')
                    : this.#children(node);
            default:
                return this.#children(node);
        }
    }
    #generator(text, what, by) {
        return this.#variant.generators ? text.replace(what, by) : text;
    }
    /** `words[…]`, `memory.wide[…]` and the like. */
    #isAccess(node) {
        return node.type === 'MemberExpression' && node.computed === true && this.#isView(node.object);
    }
    #isView(node) {
        return /(^|[.#])(words|wide|bytes)$/.test(this.#slice(node));
    }
    #load(node) {
        const property = node.property;
        return `(${this.#wait}$load(${this.#render(node.object)}, ${this.#render(property)}, ${this.#name(property)}))`;
    }
    #store(node) {
        const left = node.left;
        const place = `${this.#render(left.object)}, ${this.#render(left.property)}`;
        const operator = node.operator.slice(0, -1);
        const right = this.#render(node.right);
        const value = operator === '' ? right : `(${this.#load(left)} ${operator} (${right}))`;
        return `(${this.#wait}$store(${place}, ${value}, ${this.#name(left.property)}))`;
    }
    /** What the code calls the word: the last name in `entry + SIZE`, `TOP`, `bucket`. */
    #name(index) {
        return JSON.stringify(/(\w*)$/.exec(this.#slice(index))[1]);
    }
    #call(node) {
        const callee = node.callee;
        const property = callee.type === 'MemberExpression' ? callee.property : undefined;
        const object = callee.type === 'MemberExpression' ? callee.object : undefined;
        const args = () => node.arguments.map((arg) => this.#render(arg)).join(', ');
        if (object && this.#slice(object) === 'Atomics') {
            return `(${this.#wait}$atomic('${property.name}', ${args()}))`;
        }
        if (object && this.#isView(object)) {
            return `(${this.#wait}$bulk('${property.name}', ${this.#render(object)}, ${args()}))`;
        }
        const name = (property ?? callee).name;
        const ours = object ? ['this', 'SharedShadowTable'].includes(this.#slice(object)) : true;
        const known = ours && (this.#names.has(name) || CALLBACKS.includes(name));
        return known ? `(${this.#wait}${this.#children(node)})` : this.#children(node);
    }
    #children(node) {
        let text = '';
        let at = node.start;
        for (const child of childrenOf(node)) {
            // `import { a }` and `{ a }` name the same text twice.
            if (child.start < at)
                continue;
            text += this.#source.slice(at, child.start) + this.#render(child);
            at = child.end;
        }
        return text + this.#source.slice(at, node.end);
    }
    #slice(node) {
        return this.#source.slice(node.start, node.end);
    }
}
function parse(file, source) {
    const { program, errors } = parseSync(basename(file), source);
    if (errors.length > 0)
        throw new Error(`${file}: ${errors[0].message}`);
    return program;
}
function collectFunctions(node, names) {
    if (node.type === 'FunctionDeclaration')
        names.add(node.id.name);
    if (node.type === 'MethodDefinition' && node.kind === 'method')
        names.add(node.key.name);
    for (const child of childrenOf(node))
        collectFunctions(child, names);
}
function childrenOf(node) {
    const children = [];
    for (const value of Object.values(node)) {
        for (const one of Array.isArray(value) ? value : [value]) {
            if (typeof one === 'object' && one !== null && typeof one.type === 'string')
                children.push(one);
        }
    }
    return children.sort((a, b) => a.start - b.start);
}
//# sourceMappingURL=stepwise.js.map