using IntegrationConsole.Journeys.EveryPage;
using IntegrationConsole.Journeys.Support;
using Microsoft.Playwright;
using Xunit.Abstractions;
using static Microsoft.Playwright.Assertions;

namespace IntegrationConsole.Journeys.Backfills;

/// <summary>A month got lost at the destination: it is read once more, beside a schedule that goes on as if nothing were.</summary>
[Collection(SampleConsole.Collection)]
public sealed class A_range_that_is_read_once_more(SampleConsole console, ITestOutputHelper output) : IDisposable
{
    private const string Tenant = "archive";
    private const string Login = "archive";
    private const string Password = "a password of the archive";
    private const int OfJanuary = 12_000;

    /// <summary>The second batch of January waits until somebody has looked on.</summary>
    private const string Tables = """
        create table source (id int primary key, name text, updated_at timestamptz not null);
        insert into source select n, 'name ' || n, timestamptz '2026-01-01 00:00Z' + n * interval '2 minutes' from generate_series(1, 12000) n;
        insert into source select n, 'name ' || n, timestamptz '2026-03-01 00:00Z' + n * interval '1 second' from generate_series(20001, 20100) n;
        create table target (id int primary key, name text);
        create table go ();
        create function linger() returns trigger language plpgsql as $$ begin
            for turn in 1..200 loop exit when (select count(*) from target) < 6000 or exists (select from go); perform pg_sleep(0.1); end loop; return null; end $$
        """;

    private readonly string _file = Path.Combine(Path.GetTempPath(), $"backfill-{Guid.NewGuid():N}.yaml");

    [Fact]
    public async Task Is_watched_as_it_goes_and_leaves_the_cursor_where_it_is()
    {
        await FurnishAsync();
        await Walk.AsAsync(console.Site, Site.Administrator, async screen =>
        {
            await screen.OpenAsync($"/t/{Tenant}/integrations/source-to-target");
            await screen.PressAsync("Run now");
            await screen.Toasts.FollowAsync("Watch it");
            await screen.SeesHeadingAsync("Succeeded");
            await Expect(screen.Figure("Written")).ToHaveTextAsync("12,100");
            var cursor = await CursorAsync();
            await LoseJanuaryAsync();

            await screen.FollowAsync("The integration");
            var clicks = new Playbooks.Clicks(screen, output, "a month that is read once more");
            await clicks.PressAsync(screen.Button("Backfill…"));
            await MistypeAsync(screen);
            await screen.Dialog.FillAsync("From", "2026-01-01");
            await screen.Dialog.FillAsync("To", "2026-01-31");
            await screen.Dialog.SeesAsync("Cursor values");
            await clicks.PressAsync(screen.Dialog.Button("Start"));
            await screen.Toasts.SeesAsync("The backfill starts beside the usual runs.");
            await clicks.PressAsync(screen.Toasts.Link("Watch it").Last);
            clicks.AreAtMost(3);

            await screen.SeesHeadingAsync("Running");
            await Expect(screen.Figure("Read")).Not.ToHaveTextAsync("0");
            Assert.Empty(await Accessibility.LookAsync(screen.Page, coloursOnly: false));
            await console.Site.Server.RunAsync(Login, "insert into go default values");
            await screen.SeesHeadingAsync("Succeeded");
            await Expect(screen.Figure("Read")).ToHaveTextAsync("12,000");
            Assert.Equal(OfJanuary + 100, await console.Site.Server.AskAsync<long>(Login, "select count(*) from target"));
            Assert.Equal(cursor, await CursorAsync());
        }, theme: ColorScheme.Dark);
    }

    public void Dispose() => File.Delete(_file);

    /// <summary>What somebody types at first.</summary>
    private static async Task MistypeAsync(Screen screen)
    {
        await Expect(screen.Dialog.Field("From")).ToBeFocusedAsync();
        await screen.Page.Keyboard.PressAsync("Enter");
        await screen.Dialog.SeesProblemAsync("From", "Enter a day, a time or a number.");
        await screen.Dialog.SeesProblemAsync("To", "Enter a day, a time or a number.");
        await Expect(screen.Dialog.Field("From")).ToBeFocusedAsync();
        await screen.Dialog.FillAsync("From", "January");
        await screen.Dialog.SeesProblemAsync("From", "Write a day such as 2026-01-31");
        await screen.Dialog.FillAsync("From", "2026-01-31");
        await screen.Dialog.FillAsync("To", "2026-01-01");
        await screen.Page.Keyboard.PressAsync("Enter");
        await screen.Dialog.SeesProblemAsync("To", "The end must lie behind the beginning.");
        await Expect(screen.Dialog.Field("To")).ToBeFocusedAsync();
        Assert.Empty(await Accessibility.LookAsync(screen.Page, coloursOnly: false));
    }

    private async Task FurnishAsync()
    {
        await console.Site.Server.CreateCustomerAsync(Login, Password, Tables);
        Environment.SetEnvironmentVariable("ARCHIVE_PASSWORD", Password);
        await File.WriteAllTextAsync(_file, $$"""
            tenant: { slug: {{Tenant}}, name: Archive }
            credentials:
              - { name: Login, kind: databaseLogin, settings: { user: {{Login}} }, secret: { env: ARCHIVE_PASSWORD } }
            connections:
              - { name: Archive, kind: postgres, credential: Login, settings: { host: 127.0.0.1, port: {{console.Site.Server.Port}}, database: {{Login}}, tls: none } }
            integrations:
              - name: Source to target
                source: { connection: Archive, stream: public.source, read: incremental }
                destination: { connection: Archive, stream: public.target, write: upsert, keys: [id] }
                schedule: { everyMinutes: 60 }
                mapping:
                  fields: [{ name: id, type: integer, source: id, required: true }, { name: name, source: name }]
            """);
        await console.Site.Console.CommandAsync("apply", _file);
    }

    private Task LoseJanuaryAsync() => console.Site.Server.RunAsync(Login, """
        delete from target where id <= 12000;
        create trigger linger after insert on target for each statement execute function linger()
        """);

    private Task<string> CursorAsync() => console.Site.Server.AskAsync<string>("console", """
        select s.cursor from sync_definition s join tenant t on t.id = s.tenant_id where t.slug = 'archive'
        """);
}
