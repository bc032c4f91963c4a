"use client";
import { Card } from "#app/_ui/card.tsx";
import { EditForm } from "#app/_ui/edit-form.tsx";
import { TextField } from "#app/_ui/form-fields.tsx";
import { listStaleChanges } from "#app/_ui/list-stale-changes.ts";
import { useEditForm, useSchemaResolver } from "#app/_ui/use-edit-form.ts";
import { type AuthorityDetail, authorityFields, authorityLabels as labels } from "#lib/oauth/network/definition.ts";
import { authorityInput } from "#lib/oauth/network/schema.ts";
import { blankForm, type FormOf, toForm } from "#lib/platform/definitions/form.ts";
import { addAuthority, saveAuthority } from "../actions.ts";

type FormValues = FormOf<typeof authorityFields>;

const emptyValues: FormValues = blankForm(authorityFields);
const toValues = (authority: AuthorityDetail): FormValues => toForm(authorityFields, authority);

/** Creates or edits a named certificate authority. */
export function AuthorityForm({ authority }: { authority: AuthorityDetail | null }) {
  const resolver = useSchemaResolver<FormValues>(
    () => authorityInput,
    (values) => values,
  );
  const edit = useEditForm<FormValues, AuthorityDetail>({
    stored: authority,
    emptyValues,
    toValues,
    resolver,
    save: (values, base) =>
      base ? saveAuthority({ id: base.id, update: { ...values, version: base.version } }) : addAuthority(values),
    pageOf: () => "/network",
  });
  return (
    <EditForm
      edit={edit}
      cancelHref="/network"
      listChanges={({ before, current, changed }, mine) =>
        listStaleChanges(changed, { before: toValues(before), theirs: toValues(current), mine }, labels)
      }
    >
      <Card title="Certificate authority">
        <div className="grid gap-4">
          <TextField name="name" label={labels.name} description="Shown where it's selected, e.g. Plant CA." />
          <TextField
            name="certificates"
            label={labels.certificates}
            mono
            rows={{ min: 4, max: 16 }}
            placeholder="-----BEGIN CERTIFICATE-----"
            description="PEM. Add a successor below the current certificate before it expires."
          />
        </div>
      </Card>
    </EditForm>
  );
}
