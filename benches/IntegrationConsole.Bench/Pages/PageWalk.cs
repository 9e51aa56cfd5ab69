using System.Diagnostics;
using IntegrationConsole.Connectors;
using IntegrationConsole.Connectors.Failures;
using IntegrationConsole.Database;
using IntegrationConsole.DeadLetters;
using IntegrationConsole.DeadLetters.Groups;
using IntegrationConsole.Sync.Replays;
using IntegrationConsole.Tenants;
using static Microsoft.Playwright.Assertions;

namespace IntegrationConsole.Bench.Pages;

/// <summary>What an operator does at night, with the worst tenant of all: each step once in a round.</summary>
internal sealed class PageWalk(PagesBed bed, Window window, PageTimes times)
{
    private const double FirstPage = 1_000;
    private const double Triage = 1_500;
    private const double Filter = 500;
    private const double LiveUpdate = 2_000;
    private const double PreFlight = 3_000;
    private const double Start = 2_000;
    private const string Rows = "table.data tbody tr";

    private WorstTenant _worst = null!;

    public WorstTenant Worst => _worst;

    public string Subject => $"{_worst.TenantName}: {_worst.Letters:N0} dead letters, {_worst.Groups} groups, the largest with {_worst.Largest:N0}";

    /// <summary>Finds whom it is about, and makes their destination one that answers.</summary>
    public async Task PrepareAsync()
    {
        _worst = await bed.AskAsync<WorstTenant>("""
            with grouped as (select tenant_id, sync_id, group_id, count(*)::int as letters from dead_letter where state in ('Waiting', 'Queued') group by tenant_id, sync_id, group_id),
            worst as (select tenant_id, sum(letters)::int as letters, count(*)::int as groups from grouped group by tenant_id order by sum(letters) desc limit 1)
            select w.tenant_id, t.slug, t.name as tenant_name, w.letters, w.groups, g.group_id, g.letters as largest, s.destination_connection_id as destination_id
            from worst w
            join tenant t on t.id = w.tenant_id
            cross join lateral (select * from grouped where grouped.tenant_id = w.tenant_id order by letters desc limit 1) g
            join sync_definition s on s.tenant_id = w.tenant_id and s.id = g.sync_id
            """);
        foreach (var left in (await bed.Get<ReplayStore>().ListAsync(_worst.TenantId, new ReplayFilter(), null, 50, default)).Items.Where(replay => replay.IsOpen))
        {
            // An earlier measurement did not come to its end.
            await CancelAsync(left.Id);
        }

        var connections = bed.Get<ConnectionStore>();
        var connection = await connections.FindAsync(_worst.TenantId, _worst.DestinationId, default) ?? throw new InvalidOperationException("The destination is gone.");
        var settings = connection.Settings.Replace("https://api.example.com", bed.Outside, StringComparison.Ordinal);
        await connections.UpdateAsync(_worst.TenantId, connection.Id, connection.Version, new ConnectionDraft(connection.Name, connection.Kind, settings, connection.CredentialId), PagesBed.Measurer, default);
    }

    /// <param name="round">The first one is not counted: it warms up both sides.</param>
    /// <param name="isLast">There is no other after it.</param>
    public async Task RoundAsync(int round, bool isLast)
    {
        void Add(string what, double goal, TimeSpan took)
        {
            if (round > 0)
            {
                times.Add(what, goal, took);
            }
        }

        Add("triage of the fleet (P1)", Triage, await window.OpenAsync("/fleet/triage", IsThere(".triage .cause")));
        Add("triage: what changed elsewhere", LiveUpdate, await SeesARenamedTenantAsync(round));
        Add("triage of a tenant (P1)", Triage, await window.OpenAsync($"/t/{_worst.Slug}/triage", IsThere(".triage .cause")));
        Add("failures (P7)", FirstPage, await window.OpenAsync($"/t/{_worst.Slug}/failures", IsThere(Rows)));
        Add("failures: another filter", Filter, await FilterAsync("#group-cause"));
        await window.OpenAsync($"/t/{_worst.Slug}/failures", IsThere(Rows));
        Add("failures: what changed elsewhere", LiveUpdate, await SeesAnOwnerAsync(round));
        Add("dead letters (P9)", FirstPage, await window.OpenAsync($"/t/{_worst.Slug}/dead-letters", IsThere(Rows)));
        Add("dead letters: another filter", Filter, await FilterAsync("#letter-cause"));
        await window.OpenAsync($"/t/{_worst.Slug}/dead-letters", IsThere(Rows));
        Add("dead letters: what changed elsewhere", LiveUpdate, await SeesALetterGoAsync());
        Add("composer: the checks before a replay (P11)", PreFlight, await window.OpenAsync($"/t/{_worst.Slug}/replays/new?group={_worst.GroupId}&start=at&at=2099-01-01T00:00", IsThere("ul.checks li")));
        Add($"start of a replay of {_worst.Largest:N0} letters", Start, await StartAsync());
        var id = Guid.Parse(window.Page.Url[^36..]);
        if (isLast)
        {
            await FreezeAsync(id);
        }

        await CancelAsync(id);
    }

    private static string IsThere(string selector) => $"() => document.querySelector('h1') && !document.querySelector('.skeleton') && document.querySelector('{selector}')";

    /// <summary>Until all rows, and there are some, are of one cause. Before, they are not.</summary>
    private async Task<TimeSpan> FilterAsync(string field)
    {
        var cause = FailureCause.Conflict;
        var isFiltered = $"words => {{ const rows = [...document.querySelectorAll('{Rows}')]; return rows.length > 0 && rows.every(row => row.innerText.includes(words)); }}";
        if (await window.Page.EvaluateAsync<bool>(isFiltered, cause.Words))
        {
            throw new InvalidOperationException($"All rows are of the cause {cause.Words} already.");
        }

        return await window.MeasureAsync(() => window.Page.Locator(field).SelectOptionAsync(cause.Code), isFiltered, cause.Words);
    }

    private Task<TimeSpan> SeesARenamedTenantAsync(int round)
    {
        var name = $"Renamed customer {round} of {Stopwatch.GetTimestamp()}";
        return window.MeasureAsync(() => RenameAsync(bed, _worst.TenantId, name), "name => document.querySelector('.triage aside').innerText.includes(name)", name);
    }

    public static async Task RenameAsync(PagesBed bed, TenantId id, string name)
    {
        var tenants = bed.Get<TenantStore>();
        var tenant = await tenants.FindAsync(id, default) ?? throw new InvalidOperationException("The tenant is gone.");
        await tenants.UpdateAsync(id, tenant.Version, new TenantSettings(name, tenant.Slug, tenant.TimeZone, tenant.Contacts), PagesBed.Measurer, default);
    }

    private Task<TimeSpan> SeesAnOwnerAsync(int round)
    {
        var owner = $"owner-{round}-{Stopwatch.GetTimestamp()}@example.com";
        return window.MeasureAsync(
            () => bed.Get<GroupDecisions>().AssignAsync(_worst.TenantId, _worst.GroupId, owner, PagesBed.Measurer, default),
            $"owner => [...document.querySelectorAll('{Rows}')].some(row => row.innerText.includes(owner))", owner);
    }

    private async Task<TimeSpan> SeesALetterGoAsync()
    {
        var link = $"{Rows} a.row-link";
        var address = await window.Page.Locator(link).First.GetAttributeAsync("href") ?? "";
        Guid[] letter = [Guid.Parse(address[^36..])];
        var letters = bed.Get<DeadLetterStore>();
        var took = await window.MeasureAsync(
            () => letters.DiscardAsync(_worst.TenantId, letter, "measured", PagesBed.Measurer, default), $"address => ![...document.querySelectorAll('{link}')].some(row => row.getAttribute('href') === address)", address);
        await letters.RestoreAsync(_worst.TenantId, letter, PagesBed.Measurer, default);
        return took;
    }

    /// <summary>From the last press to the replay's own page. It is one for the far future: nothing is sent.</summary>
    private async Task<TimeSpan> StartAsync()
    {
        var page = window.Page;
        await page.FillAsync("#replay-reason", "measured");
        await page.GetByRole(Microsoft.Playwright.AriaRole.Button, new() { Name = "Start the replay" }).First.ClickAsync();
        var dialog = page.GetByRole(Microsoft.Playwright.AriaRole.Dialog);
        var confirm = dialog.GetByRole(Microsoft.Playwright.AriaRole.Button, new() { Name = "Start the replay" });
        var typed = dialog.GetByRole(Microsoft.Playwright.AriaRole.Textbox);
        await typed.FillAsync(System.Text.RegularExpressions.Regex.Match(await dialog.InnerTextAsync(), @"Type (\d+) to confirm").Groups[1].Value);
        await Expect(confirm).ToBeEnabledAsync();
        return await window.MeasureAsync(() => confirm.ClickAsync(), "() => /replays\\/[0-9a-f-]{36}/.test(location.pathname) && document.querySelector('h1') && !document.querySelector('.skeleton')");
    }

    /// <summary>How long it takes until all letters of the replay on the screen are written down. Nobody waits for it.</summary>
    private async Task FreezeAsync(Guid id)
    {
        var began = Stopwatch.GetTimestamp();
        while ((await bed.Get<ReplayStore>().FindAsync(_worst.TenantId, id, default))?.FrozenAt is null)
        {
            await Task.Delay(100);
        }

        times.Add("  until all its letters are written down", null, Stopwatch.GetElapsedTime(began));
    }

    private async Task CancelAsync(Guid id)
    {
        await bed.Get<ReplayControls>().CancelAsync(_worst.TenantId, id, PagesBed.Measurer, default);
        while (await bed.AskAsync<bool>("select exists (select from dead_letter where tenant_id = @id and state <> 'Waiting')", new { id = _worst.TenantId.Value }))
        {
            await Task.Delay(250);
        }

        await bed.TidyAsync();
    }
}
