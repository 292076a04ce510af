/** CPU-bound work from real packages. Each makes, from its packages, a function that does one round of it. */
const people = Array.from({ length: 100 }, (_, n) => ({
    name: `Person <${n}>`,
    mail: `p${n}@example.org`,
    age: n % 90,
    tags: ['a', 'b', `t${n}`],
    address: { street: `Street ${n}`, city: 'Town' },
}));
const bytes = Uint8Array.from({ length: 200_000 }, (_, n) => ((n * n) % 251) ^ (n % 7));
const template = '{{#people}}<li class="{{name}}">{{name}} {{mail}} {{#tags}}<b>{{.}}</b>{{/tags}}</li>{{/people}}';
export const programs = {
    acorn: (require, { javascript }) => {
        const { parse } = require('acorn');
        return () => parse(javascript, { ecmaVersion: 2022 });
    },
    esprima: (require, { javascript }) => {
        const { parseScript } = require('esprima');
        return () => parseScript(javascript);
    },
    '@babel/parser': (require, { javascript }) => {
        const { parse } = require('@babel/parser');
        return () => parse(javascript);
    },
    handlebars: (require) => {
        const handlebars = require('handlebars');
        const render = handlebars.compile('{{#each people}}<li class="{{name}}">{{name}} {{mail}} {{#if age}}{{age}}{{/if}} {{#each tags}}<b>{{this}}</b>{{/each}}</li>{{/each}}');
        return () => {
            for (let n = 0; n < 20; n++)
                render({ people });
        };
    },
    mustache: (require) => {
        const { render } = require('mustache');
        return () => {
            for (let n = 0; n < 20; n++)
                render(template, { people });
        };
    },
    marked: (require, { markdown }) => {
        const { marked } = require('marked');
        return () => marked.parse(markdown);
    },
    'markdown-it': (require, { markdown }) => {
        const md = require('markdown-it')();
        return () => md.render(markdown);
    },
    zod: (require) => {
        const { z } = require('zod');
        const schema = z.array(z.object({
            name: z.string().min(1),
            mail: z.string().email(),
            age: z.number().int(),
            tags: z.array(z.string()),
            address: z.object({ street: z.string(), city: z.string() }),
        }));
        return () => {
            for (let n = 0; n < 20; n++)
                schema.parse(people);
        };
    },
    ajv: (require) => {
        const Ajv = require('ajv');
        let id = 0;
        return () => {
            const ajv = new Ajv();
            for (let n = 0; n < 10; n++) {
                ajv.compile({
                    $id: `s${id++}`,
                    type: 'object',
                    required: ['name', 'tags'],
                    properties: {
                        name: { type: 'string', minLength: 1 },
                        age: { type: 'integer', minimum: 0 },
                        tags: { type: 'array', items: { anyOf: [{ type: 'string' }, { type: 'number' }] } },
                    },
                });
            }
        };
    },
    pako: (require) => {
        const { deflate, inflate } = require('pako');
        return () => inflate(deflate(bytes));
    },
    fflate: (require) => {
        const { deflateSync, inflateSync } = require('fflate');
        return () => inflateSync(deflateSync(bytes));
    },
    'find-my-way': (require) => {
        const router = require('find-my-way')();
        for (const name of ['users', 'posts', 'comments', 'tags']) {
            router.on('GET', `/${name}`, () => 1);
            router.on('GET', `/${name}/:id`, () => 1);
            router.on('GET', `/${name}/:id/edit/*`, () => 1);
        }
        const urls = ['/users', '/posts/12', '/comments/3/edit/now', '/none', '/tags/x?y=1'];
        return () => {
            for (let n = 0; n < 20_000; n++)
                router.find('GET', urls[n % urls.length]);
        };
    },
    'js-yaml': (require) => {
        const { dump, load } = require('js-yaml');
        return () => load(dump(people));
    },
    lodash: (require) => {
        const _ = require('lodash');
        return () => {
            for (let n = 0; n < 20; n++) {
                _.chain(people)
                    .filter({ address: { city: 'Town' } })
                    .groupBy('age')
                    .mapValues(_.cloneDeep)
                    .value();
                _.isEqual(people, _.merge([], people));
            }
        };
    },
    postcss: (require) => {
        const postcss = require('postcss');
        const css = people.map(({ age }) => `.c${age} > a:hover { color: red; margin: ${age}px }\n@media print { a { b: c } }`);
        return () => postcss.parse(css.join('\n')).toString();
    },
    semver: (require) => {
        const { satisfies, inc, compare } = require('semver');
        return () => {
            for (let n = 0; n < 2000; n++) {
                satisfies(`1.${n % 20}.3`, '^1.2.3 || ~1.5 || >=1.9 <2');
                compare(inc(`1.${n % 9}.0`, 'minor'), '1.4.0');
            }
        };
    },
    typescript: (require, { javascript }) => {
        const ts = require('typescript');
        return () => ts.transpileModule(javascript, { compilerOptions: { target: ts.ScriptTarget.ES5 } });
    },
};
//# sourceMappingURL=programs.js.map