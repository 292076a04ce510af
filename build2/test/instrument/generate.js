// Random programs that end and do not depend on time: functions of every kind, nested, sharing and shadowing names.
/** A small generator of random numbers (mulberry32): the same seed gives the same program everywhere. */
function random(seed) {
    let state = seed >>> 0;
    return () => {
        state = (state + 0x6d2b79f5) >>> 0;
        let t = Math.imul(state ^ (state >>> 15), 1 | state);
        t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
        return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
    };
}
const NAMES = ['a', 'b', 'c', 'd', 'e', 'f', 'g', 'x', 'y', 'z', 'self', 'that', 'err', 'cb'];
export function generate(seed) {
    return new Generator(random(seed)).program();
}
class Generator {
    next;
    size = 0;
    constructor(next) {
        this.next = next;
    }
    int(limit) {
        return Math.floor(this.next() * limit);
    }
    chance(probability) {
        return this.next() < probability;
    }
    pick(list) {
        return list[this.int(list.length)];
    }
    program() {
        const strict = this.chance(0.3);
        const context = {
            depth: 0,
            names: [],
            writable: [],
            inFunction: false,
            ownArguments: false,
            generator: false,
            async: false,
            method: false,
            privates: [],
            strict,
            parameters: [],
        };
        const head = `${strict ? "'use strict'; " : ''}let fuel = 300; function tick() { if (--fuel < 0) throw new Error('fuel') }\n`;
        return head + this.block(context, 4 + this.int(5), 'top');
    }
    inner(context, more = {}) {
        return {
            ...context,
            depth: context.depth + 1,
            names: [...context.names],
            writable: [...context.writable],
            privates: [...context.privates],
            parameters: [],
            ...more,
        };
    }
    fresh() {
        return this.pick(NAMES);
    }
    /** Declares distinct names for a block, then fills it; hoisted functions may be used before their declaration. */
    block(context, count, separator = '', parameters = []) {
        const lines = [];
        const taken = new Set(parameters);
        for (let n = 0; n < count; n++) {
            lines.push(this.chance(0.45) ? this.declaration(context, taken) : this.statement(context));
        }
        return lines.join(separator === 'top' || this.chance(0.7) ? '\n' : ' ');
    }
    declaration(context, taken) {
        const name = this.fresh();
        if (taken.has(name)) {
            // A parameter may be declared again as a variable or function.
            if (!context.parameters.includes(name) || this.chance(0.5))
                return this.statement(context);
            return this.chance(0.5)
                ? `var ${name} = ${this.expression(context)};`
                : `function ${name}() { tick(); return 'again' }`;
        }
        taken.add(name);
        const tooDeep = context.depth > 4;
        const what = tooDeep ? 0 : this.int(8);
        const add = (writable) => {
            context.names.push(name);
            if (writable)
                context.writable.push(name);
        };
        switch (what) {
            case 1:
            case 2:
            case 3: {
                add(true);
                return this.functionDeclaration(name, context);
            }
            case 4: {
                const text = `class ${name}${this.classTail(context, name)}`;
                add(false);
                return text;
            }
            case 5: {
                const text = `const ${name} = ${this.functionExpression(context)};`;
                add(false);
                return text;
            }
            case 6: {
                const text = `let { ${name}${this.chance(0.5) ? ` = ${this.expression(context)}` : ''} } = { ${this.chance(0.5) ? `${name}: ${this.expression(context)}` : ''} };`;
                add(true);
                return text;
            }
            default: {
                const keyword = this.pick(['let', 'const', 'let']);
                const text = `${keyword} ${name} = ${this.expression(context)};`;
                add(keyword !== 'const');
                return text;
            }
        }
    }
    functionDeclaration(name, context) {
        const kind = this.pick([
            'function',
            'function',
            'function',
            'async function',
            'function*',
            'async function*',
        ]);
        return `${kind} ${name}${this.functionTail(context, kind)}`;
    }
    functionExpression(context) {
        const kind = this.pick([
            'arrow',
            'arrow',
            'arrow',
            'async arrow',
            'function',
            'function',
            'async function',
            'function*',
        ]);
        if (kind.endsWith('arrow'))
            return this.arrow(context, kind.startsWith('async'));
        const name = this.chance(0.4) ? ` ${this.fresh()}` : '';
        const inner = name === '' ? context : this.inner(context);
        if (name !== '')
            inner.names.push(name.trim());
        return `${kind}${name}${this.functionTail(inner, kind)}`;
    }
    arrow(context, async) {
        const inner = this.inner(context, { inFunction: true, async, generator: false });
        const parameters = this.parameters(inner, true);
        const start = `${async ? 'async ' : ''}${parameters} => `;
        if (this.chance(0.5))
            return `${start}${this.parenthesised(inner)}`;
        return `${start}{ tick(); ${this.block(inner, 1 + this.int(3), '', inner.parameters)} return ${this.expression(inner)} }`;
    }
    parenthesised(context) {
        return `(tick(), ${this.expression(context)})`;
    }
    functionTail(context, kind, more = {}) {
        const inner = this.inner(context, {
            inFunction: true,
            async: kind.startsWith('async'),
            generator: kind.endsWith('*'),
            method: false,
            ownArguments: true,
            ...more,
        });
        const parameters = this.parameters(inner, false);
        const directive = !context.strict && /^\([\w, ]*\)$/.test(parameters) && this.chance(0.1) ? "'use strict'; " : '';
        return `${parameters} { ${directive}tick(); ${this.block(inner, 1 + this.int(4), '', inner.parameters)} ${this.end(inner)} }`;
    }
    end(context) {
        return this.chance(0.8) ? `return ${this.expression(context)};` : '';
    }
    parameters(context, arrow) {
        const count = this.int(4);
        const taken = new Set();
        const list = [];
        const bind = () => {
            let name = this.fresh();
            while (taken.has(name))
                name = `${name}1`;
            taken.add(name);
            return name;
        };
        for (let n = 0; n < count; n++) {
            const kind = this.int(9);
            const last = n === count - 1;
            if (kind < 4)
                list.push(bind());
            else if (kind === 4)
                list.push(`${bind()} = ${this.simpleOrFunction(context, taken)}`);
            else if (kind === 5)
                list.push(`{ ${bind()}, ${bind()} = ${this.simple(context)} }${this.chance(0.8) ? ' = {}' : ''}`);
            else if (kind === 6)
                list.push(`[${bind()}, ...${bind()}]${this.chance(0.8) ? ' = [1, 2]' : ''}`);
            else if (kind === 7 && last)
                list.push(`...${bind()}`);
            else if (kind === 8 && last)
                list.push(`...[${bind()}, ${bind()} = 1]`);
            else
                list.push(bind());
        }
        context.parameters = [...taken];
        for (const name of taken) {
            context.names.push(name);
            context.writable.push(name);
        }
        if (arrow && list.length === 1 && /^\w+$/.test(list[0]) && this.chance(0.5))
            return list[0];
        return `(${list.join(', ')})`;
    }
    simpleOrFunction(context, taken) {
        if (this.chance(0.4)) {
            const names = [...taken];
            return names.length > 1 ? `() => ${this.pick(names.slice(0, -1))}` : '() => 7';
        }
        return this.simple(context);
    }
    classTail(context, name) {
        const derived = this.chance(0.4);
        const strict = this.inner(context, { strict: true });
        if (name !== undefined)
            strict.names.push(name);
        const privates = this.chance(0.6) ? ['#p', '#q'].slice(0, 1 + this.int(2)) : [];
        strict.privates = [...privates, ...(this.chance(0.5) ? context.privates : [])];
        const parts = privates.map((field) => `${field} = ${this.simple(strict)};`);
        if (privates.length > 0 && this.chance(0.5))
            parts.push(`#m${this.functionTail(strict, 'method', { method: true })}`);
        if (this.chance(0.6)) {
            const text = this.functionTail(strict, 'method', { method: false });
            parts.push(`constructor${derived ? text.replace('{ tick();', '{ tick(); super(1, 2);').replace(/return [^;]*;\s*}$/, '}') : text}`);
        }
        for (let n = this.int(4); n > 0; n--) {
            const kind = this.pick(['', '', 'async ', '*', 'static ', 'get ', 'static async ']);
            const key = this.pick(['m', 'n', "['k' + 1]", "'s t'", '0']);
            if (kind === 'get ')
                parts.push(`get g() { tick(); return ${this.expression(this.inner(strict, { method: true, inFunction: true }))} }`);
            else {
                const how = kind.includes('async') ? 'async' : kind === '*' ? 'method*' : 'method';
                parts.push(`${kind}${key}${this.functionTail(strict, how, { method: true })}`);
            }
        }
        if (this.chance(0.3))
            parts.push(`field = ${this.arrow(this.inner(strict, { method: true, ownArguments: false }), false)};`);
        if (this.chance(0.2))
            parts.push(`static { this.made = ${this.simple(strict)}; }`);
        return `${derived ? ' extends (class { m() { return 1 } constructor(a) { this.a = a } })' : ''} { ${parts.join(' ')} }`;
    }
    statement(context) {
        if (context.depth > 5 || this.size++ > 120)
            return this.logged(context);
        switch (this.int(12)) {
            case 0:
                return `if (${this.expression(context)}) { ${this.block(this.inner(context), 1 + this.int(3))} } else { ${this.block(this.inner(context), 1)} }`;
            case 1: {
                const inner = this.inner(context);
                const name = this.fresh();
                inner.names.push(name);
                inner.writable.push(name);
                return `for (let ${name} = 0; ${name} < 2; ${name}++) { tick(); ${this.block(inner, 1 + this.int(2))} }`;
            }
            case 2: {
                const inner = this.inner(context);
                const name = this.fresh();
                inner.names.push(name);
                return `for (const ${name} of [1, 2]) { tick(); ${this.block(inner, 1 + this.int(2))} }`;
            }
            case 3: {
                const inner = this.inner(context);
                const name = this.fresh();
                inner.names.push(name);
                inner.writable.push(name);
                return `try { ${this.block(this.inner(context), 1 + this.int(2))} } catch (${name}) { ${this.block(inner, 1)} } finally { ${this.logged(context)} }`;
            }
            case 4:
                return `{ ${this.block(this.inner(context), 1 + this.int(3))} }`;
            case 5:
                return context.writable.length > 0
                    ? `try { ${this.assignment(context)} } catch (e) { error(e) }`
                    : this.logged(context);
            case 6:
                return context.generator ? `yield ${this.expression(context)};` : this.logged(context);
            case 7:
                return context.async ? `await ${this.simple(context)};` : this.logged(context);
            case 8:
                return `switch (${this.simple(context)}) { case 1: ${this.block(this.inner(context), 1)} break; default: ${this.logged(context)} }`;
            default:
                return this.logged(context);
        }
    }
    logged(context) {
        return `try { log(${this.expression(context)}) } catch (e) { error(e) }`;
    }
    assignment(context) {
        const name = this.pick(context.writable);
        const value = this.expression(context);
        switch (this.int(9)) {
            case 0:
                return `${name} += ${value};`;
            case 1:
                return `${name}++;`;
            case 2:
                return `--${name};`;
            case 3:
                return `[${name}] = [${value}];`;
            case 4:
                return `({ ${name} } = { ${name}: ${value} });`;
            case 5:
                return `({ k: ${name} = ${value} } = {});`;
            case 6:
                return `${name} ??= ${value};`;
            case 7:
                return `for (${name} of [${value}]);`;
            default:
                return `${name} = ${value};`;
        }
    }
    simple(context) {
        const names = context.names;
        if (names.length > 0 && this.chance(0.5))
            return this.pick(names);
        return this.pick([
            '(1)',
            '(2)',
            "'s'",
            'null',
            'undefined',
            'true',
            '[1, 2]',
            '({ k: 1 })',
            '(-0)',
            '3n',
            '`t`',
        ]);
    }
    expression(context) {
        if (context.depth > 6 || this.size++ > 150)
            return this.simple(context);
        const inner = this.inner(context);
        const e = () => this.expression(inner);
        switch (this.int(30)) {
            case 0:
            case 1:
                return `${this.simple(context)}(${e()}, ${e()})`;
            case 2:
                return `(${e()} + ${e()})`;
            case 3:
                return `(${this.functionExpression(inner)})(${e()})`;
            case 4:
                return `(${this.functionExpression(inner)})`;
            case 5:
                return `[${e()}, ${e()}]`;
            case 6:
                return this.objectLiteral(inner);
            case 7:
                return `typeof ${this.simple(context)}`;
            case 8:
                return `(${e()} ? ${e()} : ${e()})`;
            case 9:
                return `(${e()} ?? ${e()})`;
            case 10:
                return `[1, 2].map(${this.arrow(inner, false)})`;
            case 11:
                return `\`t\${${e()}}\``;
            case 12:
                return context.inFunction ? 'typeof this' : '0';
            case 13:
                return context.ownArguments
                    ? this.pick(['arguments.length', 'arguments[0]', '[...arguments].length'])
                    : '1';
            case 14:
                return context.ownArguments ? 'typeof new.target' : '2';
            case 15:
                return `new (class${this.classTail(inner, undefined)})(${e()})`;
            case 16:
                return `new ${this.pick(context.names.length > 0 ? context.names : ['Object'])}(${e()})`;
            case 17:
                return `[...${this.simple(context)}(${e()})]`;
            case 18:
                return context.method
                    ? this.pick([
                        'super.m',
                        'super.toString()',
                        '(super.z = 1)',
                        'typeof super.constructor',
                        "super['k']",
                        '(super.z ??= 2)',
                    ])
                    : '3';
            case 19:
                return this.privateUse(context);
            case 20:
                return `${this.simple(context)}?.k`;
            case 21:
                return `({ ${context.names.length > 0 ? this.pick(context.names) : 'k: 1'} })`;
            case 22:
                return context.writable.length > 0 ? `(${this.pick(context.writable)} = ${e()})` : '4';
            case 23:
                return context.writable.length > 0 ? `${this.pick(context.writable)}${this.pick(['++', '--'])}` : '5';
            case 24:
                return `${this.simple(context)}.m?.(${e()})`;
            case 25:
                return `(${e()}, ${e()})`;
            case 26:
                return `(${this.functionExpression(inner)}).name`;
            case 27:
                return `(${this.functionExpression(inner)}).length`;
            default:
                return this.simple(context);
        }
    }
    privateUse(context) {
        if (context.privates.length === 0 || !context.method)
            return '6';
        const name = this.pick(context.privates);
        return this.pick([
            `this.${name}`,
            `(this.${name} = ${this.simple(context)})`,
            `this.${name}++`,
            `(${name} in this)`,
            `(this.${name} += 1)`,
            `([this.${name}] = [3])`,
            `this.${name}?.k`,
            `this.${name}(1)`,
        ]);
    }
    objectLiteral(context) {
        const method = { method: true };
        const parts = [
            `k: ${this.expression(context)}`,
            `m${this.functionTail(context, 'method', method)}`,
            `*gen${this.functionTail(context, 'method*', method)}`,
            `async later${this.functionTail(context, 'async', method)}`,
            `get g() { tick(); return ${this.expression(this.inner(context, { method: true, inFunction: true, generator: false, async: false }))} }`,
            `f: ${this.functionExpression(context)}`,
            `['c' + 1]: ${this.simple(context)}`,
        ];
        const chosen = parts.filter(() => this.chance(0.3));
        return `({ ${chosen.join(', ')} })${this.chance(0.4) ? this.pick(['.k', '.m?.(1)', '.g', '.gen?.().next()']) : ''}`;
    }
}
//# sourceMappingURL=generate.js.map