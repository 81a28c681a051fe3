/** What a spreadsheet begins with: two printers behind one address, and an application that signs in. */
export const TEMPLATE = `${[
  "name,description,from,authentication,egress,fence,runsOn,messagesPerDay,peakPerMinute,largestMessageMB,external",
  "delft-printer-1,Printer of the Delft office,scan@contoso.com,staticIp,198.51.100.8,TRUE,device,40,3,20,0.1",
  "delft-printer-2,Printer of the Delft office,scan@contoso.com,staticIp,198.51.100.8,TRUE,device,60,3,20,0.1",
  "shop,Order confirmations of the web shop,orders@contoso.com,oauth,,,azure,450,12,,",
].join("\n")}\n`;
