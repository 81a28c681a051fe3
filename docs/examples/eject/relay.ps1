# The SMTP relay of the stack m365-smtp-relay/prod, for Exchange Online and Microsoft Graph
# PowerShell.
# Written by npm run eject. It holds no secret.
#
# It makes what is missing and leaves what is there, so it can be run again: after an error, when
# Exchange has not found yet what was just made, and once the DNS records are published. It removes
# nothing.
# It ends where a mailbox, an account, a user or an app has the address or the name of one that it
# would make: also where Pulumi manages this relay.
# If Exchange says that the organisation was never customised, run Enable-OrganizationCustomization
# once. That can't be undone.

$ErrorActionPreference = 'Stop'
$tenantId = 'aaaabbbb-0000-cccc-1111-dddd2222eeee'
$scopes = @('Application.ReadWrite.All', 'LicenseAssignment.ReadWrite.All', 'Organization.Read.All', 'User.ReadWrite.All')
Connect-MgGraph -Environment 'Global' -TenantId $tenantId -Scopes $scopes -NoWelcome
Connect-ExchangeOnline -ExchangeEnvironmentName 'O365Default' -ShowBanner:$false -DisableWAM
if ((Get-ConnectionInformation).TenantID -notcontains $tenantId) {
    throw "Exchange Online is signed in to another tenant than $tenantId. Nothing was changed."
}

# --------------------------------------------------------------------------------------------------
# Sender scanner: an inbound connector
# --------------------------------------------------------------------------------------------------
# It relays from 198.51.100.8 (connector relay-prod-scanner); may send as *@contoso.com in From, by
# its fence. It has a connector because it has fixed public addresses and no certificate.

# Its fence: a mail flow rule that refuses what comes from its addresses and is not From one of its
# own. It takes half an hour or longer to work.
$parameters = @{
    Name = 'relay-prod-scanner'
    Mode = 'Enforce'
    Comments = 'SMTP relay: m365-smtp-relay/prod/scanner'
    SenderIpRanges = @('198.51.100.8')
    SenderAddressLocation = 'Header'
    ExceptIfFromAddressMatchesPatterns = @('@contoso\.com$')
    RejectMessageReasonText = 'Refused by the fence of the sender scanner: mail from its addresses needs one of its own addresses in From.'
    RejectMessageEnhancedStatusCode = '5.7.950'
}
if ((Get-TransportRule -ResultSize Unlimited).Name -notcontains 'relay-prod-scanner') {
    New-TransportRule @parameters | Out-Null
}

$parameters = @{
    Name = 'relay-prod-scanner'
    ConnectorType = 'OnPremises'
    Enabled = $true
    Comment = 'SMTP relay: m365-smtp-relay/prod/scanner'
    SenderDomains = @('*')
    SenderIPAddresses = @('198.51.100.8')
    RequireTls = $true
    TreatMessagesAsInternal = $false
    CloudServicesMailEnabled = $false
    RestrictDomainsToIPAddresses = $false
    RestrictDomainsToCertificate = $false
}
if (-not (Get-InboundConnector -Identity 'relay-prod-scanner' -ErrorAction SilentlyContinue)) {
    New-InboundConnector @parameters | Out-Null
}

# --------------------------------------------------------------------------------------------------
# Sender shop: a shared mailbox and an app
# --------------------------------------------------------------------------------------------------
# It signs in as orders@contoso.com with a federated identity; may send as this address and
# info@contoso.com, to 1,000 recipients a day at the most. It signs in this way because it signs in
# with OAuth, by an identity that it has already.

$found = (Get-Mailbox -Identity 'orders@contoso.com' -ErrorAction SilentlyContinue)
$whose = $found.CustomAttribute15
if (-not $whose) { $whose = $found.Alias }
if ($found) {
    if (@('SMTP relay: m365-smtp-relay/prod/shop', 'relay-prod-shop') -notcontains $whose) {
        throw 'orders@contoso.com is a mailbox that this script did not make, and was not changed. Give the sender another address, or adopt the mailbox (adoptMailbox). If Pulumi manages it, run forget-marks.ps1 first.'
    }
}
$parameters = @{
    Shared = $true
    Name = 'relay-prod-shop'
    Alias = 'relay-prod-shop'
    DisplayName = 'relay-prod-shop'
    PrimarySmtpAddress = 'orders@contoso.com'
}
if (-not (Get-CASMailbox -Identity 'orders@contoso.com' -ErrorAction SilentlyContinue)) {
    New-Mailbox @parameters | Out-Null
}
while (-not (Get-CASMailbox -Identity 'orders@contoso.com' -ErrorAction SilentlyContinue)) {
    Write-Host -Object 'Waiting until Exchange shows the mailbox orders@contoso.com'
    Start-Sleep -Seconds 15
}
$parameters = @{
    Identity = 'orders@contoso.com'
    DisplayName = 'relay-prod-shop'
    CustomAttribute15 = 'SMTP relay: m365-smtp-relay/prod/shop'
}
Set-Mailbox @parameters
$parameters = @{
    Identity = 'orders@contoso.com'
    SmtpClientAuthenticationDisabled = $false
}
Set-CASMailbox @parameters
# What follows, it can do without: a tenant may not have all of these settings.
$parameters = @{
    Identity = 'orders@contoso.com'
    AccountDisabled = $true
    HiddenFromAddressListsEnabled = $true
    MessageCopyForSMTPClientSubmissionEnabled = $false
}
try { Set-Mailbox @parameters } catch { Write-Warning $_ }
$parameters = @{
    Identity = 'orders@contoso.com'
    ActiveSyncEnabled = $false
    EwsEnabled = $false
    ImapEnabled = $false
    MacOutlookEnabled = $false
    MAPIEnabled = $false
    OutlookMobileEnabled = $false
    OWAEnabled = $false
    OWAforDevicesEnabled = $false
    PopEnabled = $false
    UniversalOutlookEnabled = $false
}
try { Set-CASMailbox @parameters } catch { Write-Warning $_ }
$parameters = @{
    Identity = 'orders@contoso.com'
    OneWinNativeOutlookEnabled = $false
}
try { Set-CASMailbox @parameters } catch { Write-Warning $_ }
$parameters = @{
    Identity = 'orders@contoso.com'
    MicrosoftOnlineServicesID = 'orders@contoso.com'
}
try { Set-Mailbox @parameters } catch { Write-Warning $_ }

# How much it may send: this limits the harm of a stolen credential.
$parameters = @{
    Name = 'relay-prod-shop'
    RecipientLimitPerDay = 1000
    RecipientLimitExternalPerHour = 1000
    RecipientLimitInternalPerHour = 1000
    ActionWhenThresholdReached = 'BlockUserForToday'
    AdminDisplayName = 'SMTP relay: m365-smtp-relay/prod/shop'
}
if (-not (Get-HostedOutboundSpamFilterPolicy -Identity 'relay-prod-shop' -ErrorAction SilentlyContinue)) {
    New-HostedOutboundSpamFilterPolicy @parameters | Out-Null
}
$parameters = @{
    Name = 'relay-prod-shop'
    HostedOutboundSpamFilterPolicy = 'relay-prod-shop'
    From = @('orders@contoso.com')
    Priority = 0
}
if (-not (Get-HostedOutboundSpamFilterRule -Identity 'relay-prod-shop' -ErrorAction SilentlyContinue)) {
    New-HostedOutboundSpamFilterRule @parameters | Out-Null
}

# Its app.
$parameters = @{
    DisplayName = 'relay-prod-shop'
    SignInAudience = 'AzureADMyOrg'
    Notes = 'SMTP relay: m365-smtp-relay/prod/shop'
}
$app = Get-MgApplication -Filter 'displayName eq ''relay-prod-shop'''
if (-not $app) { $app = New-MgApplication @parameters }
if (@('SMTP relay: m365-smtp-relay/prod/shop') -notcontains $app.Notes) {
    throw 'The app relay-prod-shop is not one that this script made, and was not changed. Rename it or the sender. If Pulumi manages it, run forget-marks.ps1 first.'
}
$principal = Get-MgServicePrincipal -Filter "appId eq '$($app.AppId)'"
if (-not $principal) {
    $principal = New-MgServicePrincipal -AppId $app.AppId -Notes 'SMTP relay: m365-smtp-relay/prod/shop'
}
Write-Host "Client id of shop: $($app.AppId)"
# Whose tokens Entra accepts from it in place of a secret.
$credentials = Get-MgApplicationFederatedIdentityCredential -ApplicationId $app.Id -All
$parameters = @{
    ApplicationId = $app.Id
    Name = 'relay-shop'
    Issuer = 'https://token.actions.githubusercontent.com'
    Subject = 'repo:contoso/shop:ref:refs/heads/main'
    Audiences = @('api://AzureADTokenExchange')
}
if (-not ($credentials | Where-Object Name -EQ 'relay-shop')) {
    New-MgApplicationFederatedIdentityCredential @parameters | Out-Null
}

$parameters = @{
    AppId = $app.AppId
    ObjectId = $principal.Id
    DisplayName = 'relay-prod-shop'
}
if (-not (Get-ServicePrincipal -Identity $app.AppId -ErrorAction SilentlyContinue)) {
    New-ServicePrincipal @parameters | Out-Null
}
# A role over this mailbox alone, which lets it submit mail.
$parameters = @{
    Name = 'relay-prod-shop'
    RecipientRestrictionFilter = 'PrimarySmtpAddress -eq ''orders@contoso.com'''
}
if (-not (Get-ManagementScope -Identity 'relay-prod-shop' -ErrorAction SilentlyContinue)) {
    New-ManagementScope @parameters | Out-Null
}
$parameters = @{
    Name = 'relay-prod-shop'
    App = $app.AppId
    Role = 'Application SMTP.SendAsApp'
    CustomResourceScope = 'relay-prod-shop'
}
if (-not (Get-ManagementRoleAssignment -Identity 'relay-prod-shop' -ErrorAction SilentlyContinue)) {
    New-ManagementRoleAssignment @parameters | Out-Null
}

# --------------------------------------------------------------------------------------------------
# Sender crm: a shared mailbox and an app
# --------------------------------------------------------------------------------------------------
# It signs in as info@contoso.com with a secret; may send as this address alone. It signs in this
# way because it signs in with OAuth, with a client secret, as it has neither an identity elsewhere
# nor a certificate to sign in with.

$found = (Get-Mailbox -Identity 'info@contoso.com' -ErrorAction SilentlyContinue)
$whose = $found.CustomAttribute15
if (-not $whose) { $whose = $found.Alias }
if ($found) {
    if (@('SMTP relay: m365-smtp-relay/prod/crm', 'relay-prod-crm') -notcontains $whose) {
        throw 'info@contoso.com is a mailbox that this script did not make, and was not changed. Give the sender another address, or adopt the mailbox (adoptMailbox). If Pulumi manages it, run forget-marks.ps1 first.'
    }
}
$parameters = @{
    Shared = $true
    Name = 'relay-prod-crm'
    Alias = 'relay-prod-crm'
    DisplayName = 'relay-prod-crm'
    PrimarySmtpAddress = 'info@contoso.com'
}
if (-not (Get-CASMailbox -Identity 'info@contoso.com' -ErrorAction SilentlyContinue)) {
    New-Mailbox @parameters | Out-Null
}
while (-not (Get-CASMailbox -Identity 'info@contoso.com' -ErrorAction SilentlyContinue)) {
    Write-Host -Object 'Waiting until Exchange shows the mailbox info@contoso.com'
    Start-Sleep -Seconds 15
}
$parameters = @{
    Identity = 'info@contoso.com'
    DisplayName = 'relay-prod-crm'
    CustomAttribute15 = 'SMTP relay: m365-smtp-relay/prod/crm'
}
Set-Mailbox @parameters
$parameters = @{
    Identity = 'info@contoso.com'
    SmtpClientAuthenticationDisabled = $false
}
Set-CASMailbox @parameters
# What follows, it can do without: a tenant may not have all of these settings.
$parameters = @{
    Identity = 'info@contoso.com'
    AccountDisabled = $true
    HiddenFromAddressListsEnabled = $true
    MessageCopyForSMTPClientSubmissionEnabled = $false
}
try { Set-Mailbox @parameters } catch { Write-Warning $_ }
$parameters = @{
    Identity = 'info@contoso.com'
    ActiveSyncEnabled = $false
    EwsEnabled = $false
    ImapEnabled = $false
    MacOutlookEnabled = $false
    MAPIEnabled = $false
    OutlookMobileEnabled = $false
    OWAEnabled = $false
    OWAforDevicesEnabled = $false
    PopEnabled = $false
    UniversalOutlookEnabled = $false
}
try { Set-CASMailbox @parameters } catch { Write-Warning $_ }
$parameters = @{
    Identity = 'info@contoso.com'
    OneWinNativeOutlookEnabled = $false
}
try { Set-CASMailbox @parameters } catch { Write-Warning $_ }
$parameters = @{
    Identity = 'info@contoso.com'
    MicrosoftOnlineServicesID = 'info@contoso.com'
}
try { Set-Mailbox @parameters } catch { Write-Warning $_ }

# Its app.
$parameters = @{
    DisplayName = 'relay-prod-crm'
    SignInAudience = 'AzureADMyOrg'
    Notes = 'SMTP relay: m365-smtp-relay/prod/crm'
}
$app = Get-MgApplication -Filter 'displayName eq ''relay-prod-crm'''
if (-not $app) { $app = New-MgApplication @parameters }
if (@('SMTP relay: m365-smtp-relay/prod/crm') -notcontains $app.Notes) {
    throw 'The app relay-prod-crm is not one that this script made, and was not changed. Rename it or the sender. If Pulumi manages it, run forget-marks.ps1 first.'
}
$principal = Get-MgServicePrincipal -Filter "appId eq '$($app.AppId)'"
if (-not $principal) {
    $principal = New-MgServicePrincipal -AppId $app.AppId -Notes 'SMTP relay: m365-smtp-relay/prod/crm'
}
Write-Host "Client id of crm: $($app.AppId)"
# A client secret. It is shown once, here: hand it to the sender.
if (-not ($app.PasswordCredentials | Where-Object DisplayName -EQ 'relay-crm 1')) {
    $secret = Add-MgApplicationPassword -ApplicationId $app.Id -PasswordCredential @{ DisplayName = 'relay-crm 1' }
    Write-Host "Client secret of crm, valid until $($secret.EndDateTime): $($secret.SecretText)"
}

$parameters = @{
    AppId = $app.AppId
    ObjectId = $principal.Id
    DisplayName = 'relay-prod-crm'
}
if (-not (Get-ServicePrincipal -Identity $app.AppId -ErrorAction SilentlyContinue)) {
    New-ServicePrincipal @parameters | Out-Null
}
# A role over this mailbox alone, which lets it submit mail.
$parameters = @{
    Name = 'relay-prod-crm'
    RecipientRestrictionFilter = 'PrimarySmtpAddress -eq ''info@contoso.com'''
}
if (-not (Get-ManagementScope -Identity 'relay-prod-crm' -ErrorAction SilentlyContinue)) {
    New-ManagementScope @parameters | Out-Null
}
$parameters = @{
    Name = 'relay-prod-crm'
    App = $app.AppId
    Role = 'Application SMTP.SendAsApp'
    CustomResourceScope = 'relay-prod-crm'
}
if (-not (Get-ManagementRoleAssignment -Identity 'relay-prod-crm' -ErrorAction SilentlyContinue)) {
    New-ManagementRoleAssignment @parameters | Out-Null
}

# --------------------------------------------------------------------------------------------------
# Sender printer: a licensed user with a password
# --------------------------------------------------------------------------------------------------
# It signs in as printer@contoso.com with a password; may send as this address alone. It signs in
# this way because it can do nothing but sign in with a password.

$user = Get-MgUser -Filter 'userPrincipalName eq ''printer@contoso.com''' -Property @('Id', 'DisplayName', 'UsageLocation', 'AssignedLicenses')
if (-not $user) {
    $password = Read-Host -AsSecureString -Prompt 'Password of printer@contoso.com, 8 to 256 characters of three kinds: upper case, lower case, digits, symbols'
    $parameters = @{
        UserPrincipalName = 'printer@contoso.com'
        DisplayName = 'relay-prod-printer'
        MailNickname = 'relay-prod-printer'
        ShowInAddressList = $false
        AccountEnabled = $true
        PasswordPolicies = 'DisablePasswordExpiration'
        PasswordProfile = @{ Password = [System.Net.NetworkCredential]::new('', $password).Password; ForceChangePasswordNextSignIn = $false }
    }
    $user = New-MgUser @parameters
}
if (@('relay-prod-printer') -notcontains $user.DisplayName) {
    throw 'printer@contoso.com is a user that this script did not make, and was not changed. Give the sender another address.'
}

# Its licence, which brings its mailbox after some minutes.
$sku = Get-MgSubscribedSku -All | Where-Object SkuPartNumber -EQ 'EXCHANGESTANDARD'
# Its other plans are disabled: the licence is for the mailbox alone.
$otherPlans = $sku.ServicePlans | Where-Object AppliesTo -EQ 'User' |
    Where-Object ServicePlanName -NotIn @('EXCHANGE_B_STANDARD', 'EXCHANGE_L_STANDARD', 'EXCHANGE_S_DESKLESS', 'EXCHANGE_S_DESKLESS_GOV', 'EXCHANGE_S_ENTERPRISE', 'EXCHANGE_S_ENTERPRISE_GOV', 'EXCHANGE_S_ESSENTIALS', 'EXCHANGE_S_STANDARD', 'EXCHANGE_S_STANDARD_GOV', 'EXCHANGE_S_STANDARD_MIDMARKET') |
    ForEach-Object ServicePlanId
if (-not ($user.AssignedLicenses | Where-Object SkuId -EQ $sku.SkuId)) {
    # A licence needs a country.
    if (-not $user.UsageLocation) {
        $organization = Get-MgOrganization -Property CountryLetterCode, DefaultUsageLocation
        $country = $organization.DefaultUsageLocation
        if (-not $country) { $country = $organization.CountryLetterCode }
        Update-MgUser -UserId $user.Id -UsageLocation $country
    }
    Set-MgUserLicense -UserId $user.Id -AddLicenses @(@{ SkuId = $sku.SkuId; DisabledPlans = @($otherPlans) }) -RemoveLicenses @() | Out-Null
}
while (-not (Get-CASMailbox -Identity $user.Id -ErrorAction SilentlyContinue)) {
    Write-Host -Object 'Waiting until Exchange has made the mailbox printer@contoso.com'
    Start-Sleep -Seconds 15
}
$found = (Get-Mailbox -Identity 'printer@contoso.com' -ErrorAction SilentlyContinue)
$whose = $found.CustomAttribute15
if (-not $whose) { $whose = $found.Alias }
if ($found) {
    if (@('SMTP relay: m365-smtp-relay/prod/printer', 'relay-prod-printer') -notcontains $whose) {
        throw 'printer@contoso.com is a mailbox that this script did not make, and was not changed. Give the sender another address, or adopt the mailbox (adoptMailbox). If Pulumi manages it, run forget-marks.ps1 first.'
    }
}
$parameters = @{
    Identity = 'printer@contoso.com'
    DisplayName = 'relay-prod-printer'
    CustomAttribute15 = 'SMTP relay: m365-smtp-relay/prod/printer'
}
Set-Mailbox @parameters
$parameters = @{
    Identity = 'printer@contoso.com'
    SmtpClientAuthenticationDisabled = $false
}
Set-CASMailbox @parameters
# What follows, it can do without: a tenant may not have all of these settings.
$parameters = @{
    Identity = 'printer@contoso.com'
    AccountDisabled = $false
    HiddenFromAddressListsEnabled = $true
    MessageCopyForSMTPClientSubmissionEnabled = $false
}
try { Set-Mailbox @parameters } catch { Write-Warning $_ }
$parameters = @{
    Identity = 'printer@contoso.com'
    ActiveSyncEnabled = $false
    EwsEnabled = $false
    ImapEnabled = $false
    MacOutlookEnabled = $false
    MAPIEnabled = $false
    OutlookMobileEnabled = $false
    OWAEnabled = $false
    OWAforDevicesEnabled = $false
    PopEnabled = $false
    UniversalOutlookEnabled = $false
}
try { Set-CASMailbox @parameters } catch { Write-Warning $_ }
$parameters = @{
    Identity = 'printer@contoso.com'
    OneWinNativeOutlookEnabled = $false
}
try { Set-CASMailbox @parameters } catch { Write-Warning $_ }

# Exchange accepts its password for SMTP alone.
$parameters = @{
    Name = 'relay-prod-printer'
    AllowBasicAuthSmtp = $true
}
if (-not (Get-AuthenticationPolicy -Identity 'relay-prod-printer' -ErrorAction SilentlyContinue)) {
    New-AuthenticationPolicy @parameters | Out-Null
}
Set-User -Identity $user.Id -AuthenticationPolicy 'relay-prod-printer' -Confirm:$false

# --------------------------------------------------------------------------------------------------
# Rights to send as another address
# --------------------------------------------------------------------------------------------------
# They come last, as a sender may send as the mailbox of one that stands below it.

Add-RecipientPermission -Identity 'info@contoso.com' -Trustee 'orders@contoso.com' -AccessRights 'SendAs' -Confirm:$false | Out-Null

# --------------------------------------------------------------------------------------------------
# Domain contoso.com: DKIM
# --------------------------------------------------------------------------------------------------
# Exchange makes the keys and says where two CNAME records have to lead. It refuses to sign until
# they are published: publish the records of zones/contoso.com.zone, and run the script again.

$parameters = @{
    DomainName = 'contoso.com'
    KeySize = 2048
    Enabled = $false
    AdminDisplayName = 'SMTP relay: m365-smtp-relay/prod'
    Confirm = $false
}
# Exchange shows one without keys where there is none, and while it makes the keys. Then it says
# that it exists already.
if (-not (Get-DkimSigningConfig | Where-Object Domain -EQ 'contoso.com' | Where-Object Status -NE 'NoDKIMKeys')) {
    try { New-DkimSigningConfig @parameters | Out-Null } catch { Write-Warning $_ }
}
while (-not (Get-DkimSigningConfig | Where-Object Domain -EQ 'contoso.com' | Where-Object Status -NE 'NoDKIMKeys')) {
    Write-Host -Object 'Waiting until Exchange has made the DKIM keys of contoso.com'
    Start-Sleep -Seconds 15
}
$dkim = Get-DkimSigningConfig | Where-Object Domain -EQ 'contoso.com'
if (-not $dkim.Enabled) {
    Write-Host "selector1._domainkey.contoso.com. CNAME $($dkim.Selector1CNAME)."
    Write-Host "selector2._domainkey.contoso.com. CNAME $($dkim.Selector2CNAME)."
    try { Set-DkimSigningConfig -Identity 'contoso.com' -Enabled:$true -Confirm:$false } catch { Write-Warning $_ }
}
