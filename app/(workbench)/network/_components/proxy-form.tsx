"use client";
import { Card } from "#app/_ui/card.tsx";
import { EditForm } from "#app/_ui/edit-form.tsx";
import { SecretInput, TextField } from "#app/_ui/form-fields.tsx";
import { HostsField } from "#app/_ui/hosts-field.tsx";
import { listStaleChanges } from "#app/_ui/list-stale-changes.ts";
import { useEditForm, useSchemaResolver } from "#app/_ui/use-edit-form.ts";
import { proxyLabels as labels, type ProxyDetail, proxyFields } from "#lib/oauth/network/definition.ts";
import { proxyInput } from "#lib/oauth/network/schema.ts";
import { blankForm, type FormOf, toForm } from "#lib/platform/definitions/form.ts";
import { addProxy, saveProxy } from "../actions.ts";

/** The password is undefined while the stored one is kept. */
type FormValues = Omit<FormOf<typeof proxyFields>, "password"> & { password: string | undefined };

const emptyValues: FormValues = blankForm(proxyFields);
const toValues = (proxy: ProxyDetail): FormValues => toForm(proxyFields, proxy);

function toInput({ password, ...values }: FormValues) {
  return { ...values, password: password === "" ? null : password };
}

/** Creates or edits a named proxy. */
export function ProxyForm({ proxy }: { proxy: ProxyDetail | null }) {
  const resolver = useSchemaResolver<FormValues>(() => proxyInput, toInput);
  const edit = useEditForm<FormValues, ProxyDetail>({
    stored: proxy,
    emptyValues,
    toValues,
    resolver,
    save: (values, base) =>
      base
        ? saveProxy({ id: base.id, update: { ...toInput(values), version: base.version } })
        : addProxy(toInput(values)),
    pageOf: () => "/network",
  });
  return (
    <EditForm
      edit={edit}
      cancelHref="/network"
      listChanges={({ before, current, changed }, mine) =>
        listStaleChanges(
          changed,
          { before: toInput(toValues(before)), theirs: toInput(toValues(current)), mine: toInput(mine) },
          labels,
        )
      }
    >
      <Card title="Proxy">
        <div className="grid gap-4">
          <TextField name="name" label={labels.name} description="Shown where it's selected, e.g. Plant proxy." />
          <TextField name="url" label={labels.url} mono description="http://host:port or https://host:port" />
          <div className="grid items-start gap-4 sm:grid-cols-2">
            <TextField name="username" label={labels.username} description="Optional." />
            <SecretInput
              name="password"
              label={labels.password}
              setAt={edit.base?.passwordSetAt ?? null}
              description="Optional. Encrypted, never shown."
            />
          </div>
          <HostsField
            name="bypass"
            label={labels.bypass}
            description="Optional. Reached directly: hosts such as *.internal, one on each line."
          />
        </div>
      </Card>
    </EditForm>
  );
}
