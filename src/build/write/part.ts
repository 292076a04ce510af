import type { FilePlan } from '../plan/file-plan.ts'
import type { Plan } from '../plan/plan.ts'
import type { SourceFile } from '../read/source-file.ts'
import type { FileWriter } from './file-writer.ts'

/** One of those that write a file together: they find each other by its writer. */
export abstract class Part {
  protected readonly writer: FileWriter
  protected readonly plan: Plan
  protected readonly file: FilePlan
  protected readonly source: SourceFile

  constructor(writer: FileWriter) {
    this.writer = writer
    this.plan = writer.plan
    this.file = writer.file
    this.source = writer.source
  }
}
