import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { Button, Skeleton } from 'antd'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { issueToken, listTokens, revokeToken } from '@/shared/api/identity'
import { fullTime } from '@/shared/time'
import { Ask } from '../app/Ask'
import { ErrorNote } from '../app/ErrorNote'
import { TokenForm } from './TokenForm'

/** API tokens: what each may do, until when, and its secret once. */
export function TokensCard() {
  const { t } = useTranslation('console')
  const client = useQueryClient()
  const [secret, setSecret] = useState<string | null>(null)
  const { data, error, refetch } = useQuery({ queryKey: ['tokens'], queryFn: listTokens })
  const again = () => client.invalidateQueries({ queryKey: ['tokens'] })
  const issue = useMutation({ mutationFn: issueToken, onSuccess: (issued) => setSecret(issued.secret), onSettled: again })
  const revoke = useMutation({ mutationFn: revokeToken, onSettled: again })
  return (
    <section className="card">
      <div className="card-head">
        <h2>{t('settings.tokens')}</h2>
        <span className="meta">{t('settings.tokensHint')}</span>
      </div>
      {error ? <ErrorNote error={error} retry={() => void refetch()} /> : !data && <Skeleton active title={false} />}
      <ul className="settings-list">
        {data?.map((token) => (
          <li key={token.id}>
            <b>{token.name}</b>
            <span className="meta">
              {token.permissions.map((name) => t(`permission.${name.replace('.', '_')}`)).join('、')} · {t('settings.until', { time: fullTime(token.ends_at).slice(0, 10) })}
              {token.used_at && ` · ${t('settings.used', { time: fullTime(token.used_at).slice(0, 16) })}`}
            </span>
            {token.revoked_at ? (
              <span className="chip">{t('settings.revoked')}</span>
            ) : (
              <Ask title={t('settings.revokeAsk')} okText={t('settings.revoke')} cancelText={t('moves.cancel')} onConfirm={() => revoke.mutate(token.id)}>
                <Button size="small" danger>
                  {t('settings.revoke')}
                </Button>
              </Ask>
            )}
          </li>
        ))}
      </ul>
      {data?.length === 0 && <p className="meta">{t('settings.tokensNone')}</p>}
      {secret && (
        <p className="secret" data-testid="token-secret">
          {t('settings.secret')} <code>{secret}</code>
        </p>
      )}
      {(issue.error ?? revoke.error) && <ErrorNote error={issue.error ?? revoke.error} />}
      <TokenForm busy={issue.isPending} issue={issue.mutate} />
    </section>
  )
}
