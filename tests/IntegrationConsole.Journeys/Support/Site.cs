using System.Collections.Concurrent;
using Microsoft.Playwright;

namespace IntegrationConsole.Journeys.Support;

/// <summary>A running console, the people who can sign in to it, and the database server inside it.</summary>
internal sealed class Site(ConsoleProcess console) : IAsyncDisposable
{
    public const string Administrator = "ada@example.com";
    public const string Password = "correct horse battery";

    private readonly ConcurrentDictionary<string, Lazy<Task<string>>> _sessions = new();

    public ConsoleProcess Console => console;

    public Server Server { get; } = new(console);

    public string Address => console.Address;

    /// <summary>A console with its first administrator.</summary>
    public static async Task<Site> StartAsync(Dictionary<string, string>? settings = null, params string[][] prepare)
    {
        var site = new Site(await ConsoleProcess.StartAsync(settings, prepare));
        await site.Server.HurryAsync();
        await site.RedeemAsync(Administrator, site.Console.WelcomeLink);
        return site;
    }

    /// <summary>Somebody with a role in a tenant, who chose a password through the link that the console gives out.</summary>
    public async Task<string> InviteAsync(string email, string tenant, string role)
    {
        await Walk.AsAsync(this, Administrator, async screen =>
        {
            await screen.OpenAsync($"/t/{tenant}/people");
            await screen.FillAsync("E-mail address", email);
            await screen.Page.GetByLabel("Role", new() { Exact = true }).SelectOptionAsync(role);
            await screen.PressAsync("Add");
            var link = await screen.Page.Locator("code").TextContentAsync();
            await RedeemAsync(email, link!);
        });
        return email;
    }

    /// <summary>As above, for tests that share the console and the person.</summary>
    public async Task InviteOnceAsync(string email, string tenant, string role)
    {
        if (!_sessions.ContainsKey(email))
        {
            await InviteAsync(email, tenant, role);
        }
    }

    /// <summary>The cookies of somebody who is signed in.</summary>
    public Task<string> SessionAsync(string email) => _sessions.GetOrAdd(email, _ => new Lazy<Task<string>>(() => SignInAsync(email))).Value;

    public ValueTask DisposeAsync() => console.DisposeAsync();

    private async Task RedeemAsync(string email, string link)
    {
        await using var context = await (await Browser.GetAsync()).NewContextAsync();
        var page = await context.NewPageAsync();
        await page.GotoAsync(link);
        if (await page.Locator("#email").IsVisibleAsync())
        {
            await page.FillAsync("#email", email);
        }

        await page.FillAsync("#password", Password);
        await page.FillAsync("#again", Password);
        await page.GetByRole(AriaRole.Button).ClickAsync();
        await Assertions.Expect(page.GetByRole(AriaRole.Button, new() { Name = "Sign out" })).ToBeVisibleAsync();
        var cookies = await context.StorageStateAsync();
        _sessions[email] = new Lazy<Task<string>>(() => Task.FromResult(cookies));
    }

    private async Task<string> SignInAsync(string email)
    {
        await using var context = await (await Browser.GetAsync()).NewContextAsync();
        var page = await context.NewPageAsync();
        await page.GotoAsync($"{Address}/signin");
        await page.FillAsync("#email", email);
        await page.FillAsync("#password", Password);
        await page.GetByRole(AriaRole.Button, new() { Name = "Sign in" }).ClickAsync();
        await Assertions.Expect(page.GetByRole(AriaRole.Button, new() { Name = "Sign out" })).ToBeVisibleAsync();
        return await context.StorageStateAsync();
    }
}
