import { del, get, post, put, type Query } from './http'
import type { Delivery, DeliveryLog, DeliveryPage, Published, Source, SourceMade, Subscription, SubscriptionMade } from './types'

const ROOT = '/api/exchange'

export const listSubscriptions = () => get<Subscription[]>(`${ROOT}/subscriptions`)
export const subscribe = (body: { name: string; url: string; types: string[]; region: number }) => post<SubscriptionMade>(`${ROOT}/subscriptions`, body)
export const setSubscriptionState = (id: number, state: 'active' | 'paused') => post<Subscription>(`${ROOT}/subscriptions/${id}/state`, { state })
export const rotateSubscription = (id: number) => post<SubscriptionMade>(`${ROOT}/subscriptions/${id}/secret`)
export const sendTest = (id: number) => post<DeliveryLog>(`${ROOT}/subscriptions/${id}/test`)
export const endSubscription = (id: number) => del<unknown>(`${ROOT}/subscriptions/${id}`)
export const listDeliveries = (query: Query) => get<DeliveryPage>(`${ROOT}/deliveries`, query)
export const readDelivery = (id: number) => get<DeliveryLog>(`${ROOT}/deliveries/${id}`)
export const sendAgain = (id: number) => post<Delivery>(`${ROOT}/deliveries/${id}/again`)
export const listSources = () => get<Source[]>(`${ROOT}/sources`)
export const addSource = (body: { slug: string; name: string; region: number; mapping: string }) => post<SourceMade>(`${ROOT}/sources`, body)
export const setSourceState = (id: number, state: 'active' | 'paused') => post<Source>(`${ROOT}/sources/${id}/state`, { state })
export const rotateSource = (id: number) => post<SourceMade>(`${ROOT}/sources/${id}/secret`)
export const endSource = (id: number) => del<unknown>(`${ROOT}/sources/${id}`)
export const listPublished = () => get<Published[]>(`${ROOT}/published`)
export const publish = (body: { region: number; categories: string[] }) => put<Published[]>(`${ROOT}/published`, body)
