import { useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { Input as TextInput, Pagination, Select, Skeleton } from 'antd'
import { useEffect, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { readCatalogue, type SignCatalogue } from '@/shared/api/vitals'
import { useDebounced } from '@/shared/useDebounced'
import { ErrorNote } from '../app/ErrorNote'
import { FreshnessNote, Value } from './Reading'
import { ScopeBar } from './ScopeBar'
import { INPUTS, type VitalsSearch } from './search'

interface Props {
  search: VitalsSearch
  go: (change: VitalsSearch) => void
}

const SIZE = 50

/** All definitions, narrowed by what one looks for. */
export function Catalogue({ search, go }: Props) {
  const page = search.page ?? 1
  const query = {
    q: search.q, region: search.region, domain: search.domain, section: search.section, input: search.input,
    has_data: search.data === undefined ? undefined : search.data === 'yes', start: (page - 1) * SIZE, limit: SIZE,
  }
  const found = useQuery({ queryKey: ['catalogue', query], queryFn: ({ signal }) => readCatalogue(query, signal), placeholderData: (old) => old })
  return (
    <>
      <ScopeBar scope={found.data?.scope} choose={(region) => go({ region })} />
      <Filters search={search} go={(change) => go({ ...change, page: undefined })} found={found.data} />
      {found.error ? <ErrorNote error={found.error} retry={() => void found.refetch()} /> : null}
      {found.isPending && <Skeleton active title={false} paragraph={{ rows: 10 }} className="card" />}
      {found.data && <Table found={found.data} />}
      {found.data && found.data.total > SIZE && <Pagination current={page} pageSize={SIZE} total={found.data.total} showSizeChanger={false} onChange={(next) => go({ page: next === 1 ? undefined : next })} />}
    </>
  )
}

function Filters({ search, go, found }: Props & { found: SignCatalogue | undefined }) {
  const { t } = useTranslation('console')
  const [typed, setTyped] = useState(search.q ?? '')
  const asked = useDebounced(typed.trim(), 200)
  useEffect(() => {
    if ((search.q ?? '') !== asked) go({ q: asked || undefined })
    // eslint-disable-next-line react-hooks/exhaustive-deps -- the address follows what is typed
  }, [asked])
  const domains = found?.domains ?? []
  const sections = [...new Set(domains.map((one) => one.section))]
  return (
    <div className="sign-filters">
      <TextInput value={typed} onChange={(event) => setTyped(event.target.value)} allowClear placeholder={t('vitals.searchHint')} aria-label={t('vitals.search')} maxLength={100} />
      <Select value={search.section} allowClear placeholder={t('vitals.filter.section')} aria-label={t('vitals.filter.section')} onChange={(section: string | undefined) => go({ section, domain: undefined })} options={sections.map((one) => ({ value: one, label: one }))} />
      <Select
        value={search.domain} allowClear showSearch={{ optionFilterProp: 'label' }} placeholder={t('vitals.filter.domain')} aria-label={t('vitals.filter.domain')} onChange={(domain: string | undefined) => go({ domain })}
        options={domains.filter((one) => !search.section || one.section === search.section).map((one) => ({ value: one.code, label: `${one.name} ${one.signs}` }))}
      />
      <Select value={search.input} allowClear placeholder={t('vitals.filter.input')} aria-label={t('vitals.filter.input')} onChange={(input: VitalsSearch['input']) => go({ input })} options={INPUTS.map((one) => ({ value: one, label: t(`vitals.input.${one}`) }))} />
      <Select value={search.data} allowClear placeholder={t('vitals.filter.data')} aria-label={t('vitals.filter.data')} onChange={(data: VitalsSearch['data']) => go({ data })} options={[{ value: 'yes', label: t('vitals.filter.has') }, { value: 'no', label: t('vitals.filter.hasNot') }]} />
    </div>
  )
}

function Table({ found }: { found: SignCatalogue }) {
  const { t } = useTranslation('console')
  const { every, total, with_data: data, generated, scope } = found
  if (found.rows.length === 0)
    return (
      <div className="card empty" data-testid="catalogue-none">
        <b>{t('vitals.noFit')}</b>
        <p>{t('vitals.noFitText')}</p>
      </div>
    )
  return (
    <section className="card">
      <p className="meta" data-testid="catalogue-total">
        {t('vitals.browse', { every, total, data, generated, name: scope.region.name })}
      </p>
      <div className="sign-table" tabIndex={0} role="region" aria-label={t('vitals.catalogue')}>
        <table>
          <thead>
            <tr>
              {(['name', 'domain', 'value', 'input', 'period', 'lowest'] as const).map((column) => (
                <th key={column} scope="col">
                  {t(`vitals.column.${column}`)}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {found.rows.map(({ sign, reading }) => (
              <tr key={sign.code} data-testid="catalogue-row">
                <th scope="row">
                  <Link to="/vitals/$code" params={{ code: sign.code }} search={{ region: scope.region.id }}>
                    {sign.name}
                  </Link>
                  <span className="meta">
                    {sign.code} {sign.generated && <span className="chip">{t('vitals.generated')}</span>}
                  </span>
                </th>
                <td>{sign.domain_name}</td>
                <td>
                  <Value sign={sign} reading={reading} /> {reading.state !== 'fresh' && <FreshnessNote reading={reading} />}
                </td>
                <td>{t(`vitals.input.${sign.input}`)}</td>
                <td>{t(`vitals.period.${sign.period}`)}</td>
                <td>{t(`vitals.lowest.${sign.lowest}`)}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </section>
  )
}
