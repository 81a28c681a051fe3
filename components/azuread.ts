// The SDK's modules, one by one: all of them at once take four times as long to load.
export { Application } from "@pulumi/azuread/application.js";
export { ApplicationCertificate } from "@pulumi/azuread/applicationCertificate.js";
export { ApplicationFederatedIdentityCredential } from "@pulumi/azuread/applicationFederatedIdentityCredential.js";
export { ApplicationPassword } from "@pulumi/azuread/applicationPassword.js";
export { AppRoleAssignment } from "@pulumi/azuread/appRoleAssignment.js";
export { getServicePrincipalOutput } from "@pulumi/azuread/getServicePrincipal.js";
export { ServicePrincipal } from "@pulumi/azuread/servicePrincipal.js";
export { User } from "@pulumi/azuread/user.js";
