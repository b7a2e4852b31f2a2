import type { Allowed, IncidentDetail, MoveIn, Need, UnitChoice } from '@/shared/api/types'

/** Moves that one key may make at once when nothing is missing; all others are asked about first. */
const DIRECT = new Set(['accept', 'verify', 'file', 'transfer_accept', 'resume', 'alert_ack', 'acknowledge', 'start'])
/** Moves that take something away or cannot be taken back: shown in red. */
export const GRAVE = new Set(['void', 'decline', 'transfer_refuse', 'check_fail', 'return', 'block'])
const UNITS = new Set(['dispatch', 'add_order', 'arbitrate'])

/** A button: one move, or several that are made as one ("核实并分拨"). */
export interface Action {
  key: string
  moves: string[]
  label: string
  needs: Need[]
  proposed: boolean
  order: number | null
}

export const single = (allowed: Allowed): Action => ({
  key: allowed.move,
  moves: [allowed.move],
  label: allowed.label,
  needs: allowed.needs,
  proposed: allowed.proposed,
  order: allowed.order ?? null,
})

const UNIT_NEED: Need = { name: 'units', kind: 'units', required: true, options: [] }
const NOTE: Need = { name: 'note', kind: 'text', required: false, options: [] }
const CATEGORY: Need = { name: 'category', kind: 'category', required: true, options: [] }
const CHAIN = [
  { state: 'accepted', move: 'verify', permission: 'incident.verify' },
  { state: 'verified', move: 'file', permission: 'incident.file' },
  { state: 'filed', move: 'dispatch', permission: 'incident.dispatch' },
]

/** What the screen proposes: for one that may do all of it, verify, file and dispatch are one step. */
export function actionsOf(detail: IncidentDetail, may: (permission: string) => boolean, label: string): Action[] {
  const actions = detail.allowed.filter((allowed) => allowed.move !== 'add_report').map(single)
  const from = CHAIN.findIndex((link) => link.state === detail.row.state)
  const links = from < 0 ? [] : CHAIN.slice(from)
  const first = actions.find((action) => action.proposed && action.moves[0] === links[0]?.move)
  if (!first || links.length < 2 || !links.every((link) => may(link.permission))) return actions
  const needs = [UNIT_NEED, ...(detail.row.category ? [] : [CATEGORY]), NOTE]
  const combined: Action = { key: 'forward', moves: links.map((link) => link.move), label, needs, proposed: true, order: null }
  return [combined, ...actions.map((action) => ({ ...action, proposed: false }))]
}

const OF_THE_CENTRE = new Set(['withdraw', 'release', 'defer_approve', 'defer_reject'])

/** For the card over the map: where the incident itself waits for nobody here, one's own work order is the next step. */
export function peekActions(detail: IncidentDetail, may: (permission: string) => boolean, label: string): Action[] {
  const own = actionsOf(detail, may, label)
  const orders = detail.orders.flatMap((order) =>
    order.allowed.filter((allowed) => !OF_THE_CENTRE.has(allowed.move)).map((allowed) => ({ ...single(allowed), order: order.id })),
  )
  if (own.some((action) => action.proposed)) return own
  return [...orders, ...own]
}

/** Whether an action may be made without asking. */
export function isDirect(action: Action, detail: IncidentDetail | null): boolean {
  if (action.moves.length > 1 || action.needs.some((need) => need.required)) return false
  const move = action.moves[0] ?? ''
  if (move === 'accept' && !detail?.row.category) return false
  return DIRECT.has(move)
}

/** The needs as the dialog asks for them: an incident without a category is not accepted. */
export function askedNeeds(action: Action, detail: IncidentDetail | null): Need[] {
  const move = action.moves[0] ?? ''
  return action.needs.map((need) => {
    if (move === 'accept' && need.name === 'category' && !detail?.row.category) return { ...need, required: true }
    if (UNITS.has(move) && need.name === 'units' && move !== 'arbitrate') return { ...need, required: true }
    return need
  })
}

type Values = Record<string, unknown>

/** What a form holds as moves: fields go to the move that uses them. */
export function movesOf(action: Action, values: Values): MoveIn[] {
  const filled = Object.fromEntries(Object.entries(values).filter(([, value]) => value !== undefined && value !== '' && value !== null))
  if (action.moves.length === 1) return [{ move: action.moves[0] ?? '', ...filled, ...(action.order ? { order: action.order } : {}) }]
  return action.moves.map((move, index) => {
    const fields: Values = {}
    if (index === 0 && filled.category) fields.category = filled.category
    if (index === 0 && filled.note) fields.note = filled.note
    if (move === 'dispatch') fields.units = filled.units
    return { move, ...fields }
  })
}

export const noUnits = (): UnitChoice => ({ lead: null, assist: [], assign_down: [] })
