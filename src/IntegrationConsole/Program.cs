using IntegrationConsole.Access;
using IntegrationConsole.Connectors;
using IntegrationConsole.Credentials;
using IntegrationConsole.Tenants;

var builder = WebApplication.CreateBuilder(new WebApplicationOptions { Args = args, ContentRootPath = AppContext.BaseDirectory });
builder.Services.AddSingleton(TimeProvider.System);
builder.Services.AddAccess().AddTenants().AddConnectors().AddCredentials();
var app = builder.Build();
app.UseAccess();
await app.RunAsync();
