# Takes the marks of the stack m365-smtp-relay/prod from what it made in Exchange and Entra.
# Written by npm run eject. Run it after the stack was forgotten. What bears no mark of the stack
# stays as it is.

$ErrorActionPreference = 'Stop'
$tenantId = 'aaaabbbb-0000-cccc-1111-dddd2222eeee'
$scopes = @('Application.ReadWrite.All')
Connect-MgGraph -Environment 'Global' -TenantId $tenantId -Scopes $scopes -NoWelcome
Connect-ExchangeOnline -ExchangeEnvironmentName 'O365Default' -ShowBanner:$false -DisableWAM
if ((Get-ConnectionInformation).TenantID -notcontains $tenantId) {
    throw "Exchange Online is signed in to another tenant than $tenantId. Nothing was changed."
}

# --------------------------------------------------------------------------------------------------
# Sender scanner
# --------------------------------------------------------------------------------------------------
$found = Get-InboundConnector -Identity 'relay-prod-scanner' -ErrorAction SilentlyContinue
if ($found.Comment -eq 'Managed by Pulumi: m365-smtp-relay/prod/scanner. Changes made by hand are undone.') {
    Set-InboundConnector -Identity 'relay-prod-scanner' -Comment 'SMTP relay: m365-smtp-relay/prod/scanner'
}
$rule = Get-TransportRule -ResultSize Unlimited | Where-Object Name -EQ 'relay-prod-scanner'
if ($rule.Comments -eq 'Managed by Pulumi: m365-smtp-relay/prod/scanner. Changes made by hand are undone.') {
    Set-TransportRule -Identity 'relay-prod-scanner' -Comments 'SMTP relay: m365-smtp-relay/prod/scanner'
}

# --------------------------------------------------------------------------------------------------
# Sender shop
# --------------------------------------------------------------------------------------------------
$found = Get-Mailbox -Identity 'orders@contoso.com' -ErrorAction SilentlyContinue
if ($found.CustomAttribute15 -eq 'Managed by Pulumi: m365-smtp-relay/prod/shop. Changes made by hand are undone.') {
    Set-Mailbox -Identity 'orders@contoso.com' -CustomAttribute15 'SMTP relay: m365-smtp-relay/prod/shop'
}
$found = Get-HostedOutboundSpamFilterPolicy -Identity 'relay-prod-shop' -ErrorAction SilentlyContinue
if ($found.AdminDisplayName -eq 'Managed by Pulumi: m365-smtp-relay/prod/shop. Changes made by hand are undone.') {
    Set-HostedOutboundSpamFilterPolicy -Identity 'relay-prod-shop' -AdminDisplayName 'SMTP relay: m365-smtp-relay/prod/shop'
}
$app = Get-MgApplication -Filter 'displayName eq ''relay-prod-shop'''
if ($app.Notes -eq 'Managed by Pulumi: m365-smtp-relay/prod/shop') {
    Update-MgApplication -ApplicationId $app.Id -Notes 'SMTP relay: m365-smtp-relay/prod/shop'
    $principal = Get-MgServicePrincipal -Filter "appId eq '$($app.AppId)'"
    Update-MgServicePrincipal -ServicePrincipalId $principal.Id -Notes 'SMTP relay: m365-smtp-relay/prod/shop'
}

# --------------------------------------------------------------------------------------------------
# Sender crm
# --------------------------------------------------------------------------------------------------
$found = Get-Mailbox -Identity 'info@contoso.com' -ErrorAction SilentlyContinue
if ($found.CustomAttribute15 -eq 'Managed by Pulumi: m365-smtp-relay/prod/crm. Changes made by hand are undone.') {
    Set-Mailbox -Identity 'info@contoso.com' -CustomAttribute15 'SMTP relay: m365-smtp-relay/prod/crm'
}
$app = Get-MgApplication -Filter 'displayName eq ''relay-prod-crm'''
if ($app.Notes -eq 'Managed by Pulumi: m365-smtp-relay/prod/crm') {
    Update-MgApplication -ApplicationId $app.Id -Notes 'SMTP relay: m365-smtp-relay/prod/crm'
    $principal = Get-MgServicePrincipal -Filter "appId eq '$($app.AppId)'"
    Update-MgServicePrincipal -ServicePrincipalId $principal.Id -Notes 'SMTP relay: m365-smtp-relay/prod/crm'
}

# --------------------------------------------------------------------------------------------------
# Sender printer
# --------------------------------------------------------------------------------------------------
$found = Get-Mailbox -Identity 'printer@contoso.com' -ErrorAction SilentlyContinue
if ($found.CustomAttribute15 -eq 'Managed by Pulumi: m365-smtp-relay/prod/printer. Changes made by hand are undone.') {
    Set-Mailbox -Identity 'printer@contoso.com' -CustomAttribute15 'SMTP relay: m365-smtp-relay/prod/printer'
}

# --------------------------------------------------------------------------------------------------
# Domain contoso.com
# --------------------------------------------------------------------------------------------------
$dkim = Get-DkimSigningConfig | Where-Object Domain -EQ 'contoso.com'
if ($dkim.AdminDisplayName -eq 'Managed by Pulumi: m365-smtp-relay/prod. Changes made by hand are undone.') {
    Set-DkimSigningConfig -Identity 'contoso.com' -AdminDisplayName 'SMTP relay: m365-smtp-relay/prod' -Confirm:$false
}
