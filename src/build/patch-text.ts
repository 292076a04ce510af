import type { FilePlan } from './plan.ts'
import { type FileText, quote } from './write.ts'

/** What a patch does to one file. */
export interface Part extends FileText {
  file: FilePlan
  /** The name of the target. */
  target: string
}

export interface PatchParts {
  name: string
  from: string
  to: string
  parts: Part[]
  /** New files that come along: the name that they have for the patch, and their text as a CommonJS module. */
  files: { path: string; text: string }[]
  /** Declarations of fields that objects made before lack, and the names of all their shadow variables. */
  fields: string[]
  shadows: string[]
  hash(path: string): string
}

/** The patch as one ES module that a person can read. */
export function patchText({ name, from, to, parts, files, fields, shadows, hash }: PatchParts): string {
  const body = parts.map((part) => targetText(part, hash(part.file.path))).join('\n')
  const names = ['scope', 'scope as $scope'].filter(
    (one) =>
      body.includes(one === 'scope' ? ' scope.' : '$scope.') ||
      (one === 'scope' && /[^$\w]scope\./.test(body)),
  )
  if (/ original\.apply\(this, arguments\);/.test(body)) names.unshift('original')
  if (body.includes(' $original.apply(this, arguments);')) names.unshift('original as $original')
  if (shadows.length > 0) names.unshift('AddedField')
  if (shadows.length > 0) names.push('shadowId')
  return [
    `// ${from} → ${to}`,
    '//',
    ...summary(parts, files),
    '//',
    "// Made by 'umbra build'. Functions are those of the new version; names of the running module that they use are",
    "// written as 'scope.name'. 'scopes' holds what the running module lacks or has in another value.",
    `import { ${['definePatch', ...names].join(', ')} } from 'umbra'`,
    '',
    ...(fields.length === 0
      ? []
      : ['// Fields of this version, for objects that were made without them.', ...fields, '']),
    'export default definePatch({',
    `  name: ${quote(name)},`,
    `  version: ${quote(to)},`,
    '  targets: [',
    body,
    '  ],',
    ...(files.length === 0 ? [] : ['  files: {', ...files.map(fileText), '  },']),
    ...(shadows.length === 0 ? [] : unload(shadows)),
    '})',
    '',
  ].join('\n')
}

function unload(shadows: string[]): string[] {
  return ['  unload() {', ...shadows.map((id) => `    shadowId(${quote(id)}).detachAll()`), '  },']
}

function summary(parts: Part[], files: { path: string }[]): string[] {
  const lines = parts.map(({ file, functions, scopes, members }) => {
    const added = scopes.flatMap(({ names }) => names)
    const what = [
      functions.length > 0 ? `${functions.map(({ key }) => key).join(', ')} replaced` : '',
      added.length > 0 ? `${added.join(', ')} added` : '',
      members === undefined
        ? ''
        : `${members.names.map(({ name }) => name).join(', ')} put on the running module`,
    ]
    return wrap(`${file.path}: ${what.filter(Boolean).join('; ')}`)
  })
  return [...lines.flat(), ...files.flatMap(({ path }) => wrap(`${path}: new`))]
}

function wrap(text: string): string[] {
  const lines: string[] = []
  let line = '//   '
  for (const word of text.split(' ')) {
    if (line.length + word.length > 108) {
      lines.push(line.trimEnd())
      line = '//       '
    }
    line += `${word} `
  }
  return [...lines, line.trimEnd()]
}

function targetText({ target, functions, scopes, members, file }: Part, hash: string): string {
  const lines = ['    {', `      module: ${quote(target)},`, `      source: ${quote(hash)},`]
  if (scopes.length > 0) {
    lines.push('      scopes: {')
    for (const { path, text } of scopes) {
      lines.push(`        ${quote(path)}(require, exports, module) {`, text, '        },')
    }
    lines.push('      },')
  }
  if (members !== undefined) lines.push('      members(exports, require) {', members.text, '      },')
  lines.push('      functions: {')
  for (const { text, line, why } of functions) {
    lines.push(`        // ${file.path}:${line}: ${why}`, `        ${text},`, '')
  }
  if (functions.length > 0) lines.pop()
  lines.push('      },', '    },')
  return lines.join('\n')
}

function fileText({ path, text }: { path: string; text: string }): string {
  return `    ${quote(path)}(require, exports, module, __filename, __dirname) {\n${text}\n    },`
}
