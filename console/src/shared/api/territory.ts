import { get } from './http'
import type { Located, Place, RegionDetail, RegionRef, TerritoryVersion } from './types'

const ROOT = '/api/territory'

export const locate = (lon: number, lat: number) => get<Located>(`${ROOT}/locate`, { lon, lat })
export const readRegion = (id: number) => get<RegionDetail>(`${ROOT}/regions/${id}`)
export const childrenOf = (id: number) => get<RegionRef[]>(`${ROOT}/regions/${id}/children`)
export const findRegions = (q: string, level?: string) => get<RegionRef[]>(`${ROOT}/regions`, { q, level })
export const findPlaces = (q: string, near?: { lon: number; lat: number }, signal?: AbortSignal) =>
  get<Place[]>(`${ROOT}/places`, { q, lon: near?.lon, lat: near?.lat }, signal)
export const readVersion = () => get<TerritoryVersion>(`${ROOT}/version`)
export const outlineOf = (id: number) => get<GeoJSON.Geometry | GeoJSON.Feature>(`${ROOT}/regions/${id}/outline`)
export const stylePath = (theme: 'light' | 'dark') => `${ROOT}/style/${theme}.json`
