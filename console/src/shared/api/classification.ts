import { get, post } from './http'
import type { Standing } from './types'

const ROOT = '/api/incidents/classification'

export const readClassification = () => get<Standing>(ROOT)
export const trainClassification = () => post<Standing>(`${ROOT}/train`)
export const setAutomatic = (id: number, confidence: number | null) => post<Standing>(`${ROOT}/${id}/automatic`, { confidence })
export const withdrawModel = (id: number, reason: string) => post<Standing>(`${ROOT}/${id}/withdraw`, { reason })
