export interface FieldProblem {
  path: string
  code: string
  message: string
}

interface ProblemBody {
  status: number
  code: string
  title: string
  detail: string
  fields?: FieldProblem[]
  reference?: string
  retry_after?: number
}

/** An error the server explained (problem+json), or `code: "network"` with status 0 where it could not be reached. */
export class Problem extends Error {
  readonly status: number
  readonly code: string
  readonly detail: string
  readonly fields: FieldProblem[]
  readonly reference: string | null

  constructor(body: ProblemBody) {
    super(body.detail || body.title || body.code)
    this.name = 'Problem'
    this.status = body.status
    this.code = body.code
    this.detail = body.detail || body.title
    this.fields = body.fields ?? []
    this.reference = body.reference ?? null
  }
}

export function problemOf(status: number, body: unknown): Problem {
  if (body && typeof body === 'object' && 'code' in body) return new Problem({ ...(body as ProblemBody), status })
  return new Problem({ status, code: 'http', title: '', detail: '' })
}

export const isProblem = (error: unknown): error is Problem => error instanceof Problem

/** Once more where the server or the way to it failed; what it refused it refuses again. */
export const worthAnother = (failed: number, error: unknown): boolean => failed < 1 && !(isProblem(error) && error.status >= 400 && error.status < 500)
