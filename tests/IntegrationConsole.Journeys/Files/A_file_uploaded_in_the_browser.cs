using System.Text;
using System.Text.RegularExpressions;
using IntegrationConsole.Journeys.Support;
using static Microsoft.Playwright.Assertions;

namespace IntegrationConsole.Journeys.Files;

[Collection(SampleConsole.Collection)]
public sealed class A_file_uploaded_in_the_browser(SampleConsole console)
{
    private const string Home = $"/t/{SampleConsole.Tenant}";
    private const string Integration = "Staff list";

    private const string Staff = """
        id,name,joined,salary
        1,Grace Hopper,2024-02-01,5100.50
        2,"Lovelace, Ada",2024-03-01,6200
        3,Alan Turing,2024-04-01,a lot
        4,Edsger Dijkstra
        5,Barbara Liskov,2024-05-01,7300.25
        """;

    [Fact]
    public Task Its_rows_arrive_in_the_table_but_for_those_that_are_spoilt() => Walk.AsAsync(console.Site, Site.Administrator, async screen =>
    {
        await console.Site.Server.RunAsync("sample_destination", """
            create table staff (id integer primary key, name text not null, joined date, salary numeric(10, 2));
            alter table staff owner to sample_destination
            """);
        await UploadAsync(screen);
        await CreateIntegrationAsync(screen);
        await RunAsync(screen);
        Assert.Equal("1 Grace Hopper 5100.50, 2 Lovelace, Ada 6200.00, 5 Barbara Liskov 7300.25", await console.Site.Server.AskAsync<string>(
            "sample_destination", "select string_agg(id || ' ' || name || ' ' || salary, ', ' order by id) from staff"));
        await ReplaceAsync(screen);
    });

    private static async Task UploadAsync(Screen screen)
    {
        await screen.OpenAsync($"{Home}/connections/new");
        await screen.PickAsync("Files");
        await screen.FillAsync("Name", "Staff files");
        await screen.PressAsync("Save");
        await screen.SeesHeadingAsync("Staff files");
        await screen.SeesAsync("Nothing was uploaded yet.");
        await SendAsync(screen, Staff);
        await screen.Region("Uploaded files").SeesAsync("staff.csv");
        await screen.PressAsync("Test");
        await screen.SeesAsync("The test passed.");
        await screen.PressAsync("Discover");
        await screen.Region("Streams").SeesAsync("staff.csv");
    }

    private static async Task CreateIntegrationAsync(Screen screen)
    {
        await screen.OpenAsync($"{Home}/integrations/new");
        var from = screen.Group("1. From");
        await from.ChooseAsync("Source connection", "Staff files");
        await Expect(from.Field("Stream")).ToHaveValueAsync("staff.csv");
        var to = screen.Group("2. To");
        await to.ChooseAsync("Destination connection", "Sample database");
        await to.FillAsync("Stream", "staff");
        await screen.SeesAsync("4 of 4 fields found their source by name");
        await screen.FillAsync("Name of the integration", Integration);
        await screen.PressAsync("Create and open the mapping");
        await screen.SeesHeadingAsync($"Mapping of {Integration}");
        await screen.SeesAsync("of 5 sample records pass");
        await screen.PressAsync("Publish…");
        await screen.Dialog.PressAsync("Publish");
        await screen.SeesAsync("runs use v1");
    }

    private static async Task RunAsync(Screen screen)
    {
        await screen.Toasts.FollowAsync("To the integration");
        await screen.SeesPageAsync(Integration);
        await screen.PressAsync("Run now");
        await screen.Toasts.FollowAsync("Watch it");
        await screen.SeesHeadingAsync("Done, some set aside");
        await Expect(screen.Figure("Read")).ToHaveTextAsync("5");
        await Expect(screen.Figure("Written")).ToHaveTextAsync("3");
        await screen.FollowAsync("See its dead letters");
        await screen.SeesAsync("2 open letters match");
        await screen.SeesAsync("salary: the value at salary is not a decimal number.");
        await screen.SeesAsync("Line 5 of staff.csv has 2 fields and not 4 as the header.");
    }

    /// <summary>The corrected file takes the place of the first; its rows are compared with what was written before.</summary>
    private static async Task ReplaceAsync(Screen screen)
    {
        await screen.OpenAsync($"{Home}/connections");
        await screen.FollowAsync("Staff files");
        await screen.SeesPageAsync("Staff files");
        await SendAsync(screen, Staff.Replace("a lot", "4000", StringComparison.Ordinal).Replace("Dijkstra", "Dijkstra,2024-06-01,4500", StringComparison.Ordinal));
        await Expect(screen.Region("Uploaded files").Row("staff.csv").Scope).ToHaveCountAsync(1);
        await screen.FollowAsync(Integration);
        await screen.SeesPageAsync(Integration);
        await screen.PressAsync("Run now");
        await screen.Toasts.FollowAsync("Watch it");
        await screen.SeesHeadingAsync("Succeeded");
        await Expect(screen.Figure("Written")).ToHaveTextAsync("2");
        await Expect(screen.Figure("Unchanged")).ToHaveTextAsync("3");
    }

    private static async Task SendAsync(Screen screen, string content)
    {
        // The browser's script takes the field over a moment after it is there; nobody chooses a file that fast.
        var field = screen.Field("Add a file, or replace one of the same name");
        await Expect(field).ToHaveJSPropertyAsync("_blazorInputFileNextFileId", 0);
        await field.SetInputFilesAsync(
            new Microsoft.Playwright.FilePayload { Name = "staff.csv", MimeType = "text/csv", Buffer = Encoding.UTF8.GetBytes(content) });
        await screen.SeesAsync(new Regex($"staff.csv[^B]* {content.Length} B"));
    }
}
