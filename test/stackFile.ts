/** A stack file with one sender that relays. */
export const STACK_FILE = `config:
  azuread:tenantId: aaaabbbb-0000-cccc-1111-dddd2222eeee
  m365-smtp-relay:domains:
    - name: contoso.com
  m365-smtp-relay:senders:
    - name: erp
      from: ["*@contoso.com"]
      authentication: [staticIp]
      egress: [198.51.100.7]
`;
