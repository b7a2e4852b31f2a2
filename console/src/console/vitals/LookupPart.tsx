import { useQuery } from '@tanstack/react-query'
import { useNavigate } from '@tanstack/react-router'
import { useEffect, useRef, useState, type KeyboardEvent } from 'react'
import { useTranslation } from 'react-i18next'
import { lookUp, type SignHit } from '@/shared/api/vitals'
import { useDebounced } from '@/shared/useDebounced'
import { ErrorNote } from '../app/ErrorNote'
import { typing } from '../shell/useShellKeys'
import { LookupRows } from './LookupRows'
import { RegionBoard } from './RegionBoard'
import { ScopeBar } from './ScopeBar'
import type { VitalsSearch } from './search'

interface Props {
  search: VitalsSearch
  go: (change: VitalsSearch) => void
}

const LIVE_MS = 5_000

/** One box: any word, and the sign stands there with its value. */
export function LookupPart({ search, go }: Props) {
  const { t } = useTranslation('console')
  const navigate = useNavigate()
  const [typed, setTyped] = useState(search.q ?? '')
  const [at, setAt] = useState(0)
  const asked = useDebounced(typed.trim(), 120)
  const box = useSlash()
  useEffect(() => {
    if ((search.q ?? '') !== asked) go({ q: asked || undefined })
    // eslint-disable-next-line react-hooks/exhaustive-deps -- the address follows what is typed, not the other way round
  }, [asked])
  const found = useQuery({
    queryKey: ['lookup', asked, search.region], queryFn: ({ signal }) => lookUp(asked, search.region, signal), placeholderData: (old) => old, refetchInterval: LIVE_MS,
  })
  const rows = found.data?.rows ?? []
  const shown = asked !== '' && rows.length > 0
  const open = (hit: SignHit | undefined) => hit && void navigate({ to: '/vitals/$code', params: { code: hit.sign.code }, search: { region: found.data?.scope.region.id } })
  const onKey = (event: KeyboardEvent) => {
    if (event.nativeEvent.isComposing || !shown) return
    if (event.key === 'Enter') open(rows[Math.min(at, rows.length - 1)])
    if (event.key !== 'ArrowDown' && event.key !== 'ArrowUp') return
    event.preventDefault()
    setAt(Math.max(0, Math.min(rows.length - 1, at + (event.key === 'ArrowDown' ? 1 : -1))))
  }
  return (
    <>
      <div className="lookup-box">
        <input
          ref={box} value={typed} autoFocus maxLength={100} placeholder={t('vitals.searchHint')} aria-label={t('vitals.search')} role="combobox" aria-expanded={shown} aria-controls="lookup-rows" aria-autocomplete="list"
          aria-activedescendant={shown ? `lookup-${at}` : undefined} onChange={(event) => { setTyped(event.target.value); setAt(0) }} onKeyDown={onKey} data-testid="lookup-box"
        />
        <p className="meta lookup-keys">{t('vitals.keys')}</p>
      </div>
      <ScopeBar scope={found.data?.scope} choose={(region) => go({ region })} />
      {found.data?.outside && (
        <p className="chip chip-orange" role="status" data-testid="lookup-outside">
          {t('vitals.outside', { name: found.data.outside.name, own: found.data.scope.region.name })}
        </p>
      )}
      {found.error ? <ErrorNote error={found.error} retry={() => void found.refetch()} /> : null}
      {asked ? (
        <LookupRows rows={found.data ? rows : undefined} total={found.data?.total ?? 0} at={at} stand={setAt} open={open} failed={found.isError} />
      ) : (
        found.data && <RegionBoard region={found.data.scope.region} go={go} />
      )}
    </>
  )
}

/** `/` comes to this box instead of the palette as long as it is there. */
function useSlash() {
  const box = useRef<HTMLInputElement>(null)
  useEffect(() => {
    const onKey = (event: globalThis.KeyboardEvent) => {
      if (event.key !== '/' || event.ctrlKey || event.metaKey || event.altKey || typing(event)) return
      event.preventDefault()
      event.stopPropagation()
      box.current?.focus()
      box.current?.select()
    }
    window.addEventListener('keydown', onKey, true)
    return () => window.removeEventListener('keydown', onKey, true)
  }, [])
  return box
}
