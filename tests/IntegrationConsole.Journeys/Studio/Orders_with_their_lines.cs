using System.Text;
using System.Text.RegularExpressions;
using IntegrationConsole.Journeys.Support;
using static Microsoft.Playwright.Assertions;

namespace IntegrationConsole.Journeys.Studio;

/// <summary>Orders go into a table with their lines in another one, and once more as a row for each line; one order cannot, until it is corrected.</summary>
[Collection(SampleConsole.Collection)]
public sealed class Orders_with_their_lines(SampleConsole console)
{
    private const string Home = $"/t/{SampleConsole.Tenant}";

    private const string Orders = """
        {"id":1,"customer":"Ada","lines":[{"sku":"a","qty":2},{"sku":"b","qty":1}]}
        {"id":2,"customer":"Bob","lines":[]}
        {"id":3,"customer":"Cy","lines":[{"sku":"c","qty":"many"}]}
        """;

    [Fact]
    public Task They_fill_a_child_table_and_are_split_and_the_one_that_failed_is_replayed() => Walk.AsAsync(console.Site, Site.Administrator, async screen =>
    {
        await console.Site.Server.RunAsync("sample_destination", """
            create table shop_order (id integer primary key, customer text not null);
            create table order_line (order_id integer, line integer, sku text not null, qty integer not null, primary key (order_id, line));
            create table order_item (item text primary key, qty integer not null);
            alter table shop_order owner to sample_destination; alter table order_line owner to sample_destination; alter table order_item owner to sample_destination
            """);
        await UploadAsync(screen);

        await CreateAsync(screen, "Orders with lines", "shop_order");
        await AddChildTableAsync(screen);
        await PublishAndRunAsync(screen, "Orders with lines", written: 2, filtered: 0);
        Assert.Equal("1 Ada, 2 Bob", await AskAsync("select string_agg(id || ' ' || customer, ', ' order by id) from shop_order"));
        Assert.Equal("1/0 a 2, 1/1 b 1", await LinesAsync());

        await CreateAsync(screen, "Order items", "order_item");
        await SplitAsync(screen);
        await PublishAndRunAsync(screen, "Order items", written: 1, filtered: 1);
        Assert.Equal("1-0 2, 1-1 1", await ItemsAsync());

        await CorrectAndReplayAsync(screen);
        Assert.Equal("1-0 2, 1-1 1, 3-0 9", await ItemsAsync());
    });

    private static async Task UploadAsync(Screen screen)
    {
        await screen.OpenAsync($"{Home}/connections/new");
        await screen.PickAsync("Files");
        await screen.FillAsync("Name", "Order files");
        await screen.PressAsync("Save");
        await screen.SeesHeadingAsync("Order files");

        // The browser's script takes the field over a moment after it is there; nobody chooses a file that fast.
        var field = screen.Field("Add a file, or replace one of the same name");
        await Expect(field).ToHaveJSPropertyAsync("_blazorInputFileNextFileId", 0);
        await field.SetInputFilesAsync(new Microsoft.Playwright.FilePayload { Name = "orders.ndjson", MimeType = "application/x-ndjson", Buffer = Encoding.UTF8.GetBytes(Orders) });
        await Expect(screen.Button("Delete orders.ndjson")).ToBeVisibleAsync();
    }

    private static async Task CreateAsync(Screen screen, string name, string table)
    {
        await screen.OpenAsync($"{Home}/integrations/new");
        await screen.Group("1. From").ChooseAsync("Source connection", "Order files");
        await Expect(screen.Group("1. From").Field("Stream")).ToHaveValueAsync("orders.ndjson");
        await screen.Group("2. To").ChooseAsync("Destination connection", "Sample database");
        await screen.Group("2. To").FillAsync("Stream", table);
        await screen.SeesAsync("fields found their source by name");
        await screen.FillAsync("Name of the integration", name);
        await screen.PressAsync("Create and open the mapping");
        await screen.SeesHeadingAsync($"Mapping of {name}");
        await screen.SeesAsync("Record 1 of 3");
    }

    /// <summary>What is still to be written is not held against anybody, and the focus is where one goes on.</summary>
    private static async Task AddChildTableAsync(Screen screen)
    {
        await screen.PressAsync("Add a child table");
        await Expect(screen.Field("Destination table")).ToBeFocusedAsync();
        await screen.SeesNothingOfAsync("Name the destination's table.");
        await screen.FillAsync("Destination table", "order_line");
        await screen.FillAsync("Made of the list", "lines");
        await screen.FillAsync("Key fields", "order_id, line");
        foreach (var (name, type, source) in new[] { ("order_id", "integer", "record.id"), ("line", "integer", "index"), ("sku", "text", "item.sku"), ("qty", "integer", "item.qty") })
        {
            // With the keyboard: what is said of the row before goes away meanwhile, and moves the button.
            await screen.Button("Add a field of this table").PressAsync("Enter");
            var last = screen.Group("Fields of child table 1").Field("Destination field").Last;
            await Expect(last).ToHaveValueAsync("");
            await last.FillAsync(name);
            await screen.ChooseAsync($"Type of {name}", type);
            await screen.FillAsync($"Source of {name}", source);
        }

        await Expect(screen.Page.GetByRole(Microsoft.Playwright.AriaRole.Table, new() { Name = "Rows of order_line that this record makes" }).Locator("tbody tr")).ToHaveCountAsync(2);
        await screen.SeesAsync("2 of 3 sample records pass");
    }

    private static async Task SplitAsync(Screen screen)
    {
        await screen.ChooseAsync("One record makes", "a row for each item of a list");
        await screen.FillAsync("Items of", "lines");
        await screen.FillAsync("Record key", "id");
        await screen.ChooseAsync("Origin of item", "expression");
        await screen.FillAsync("Source of item", "record.id & '-' & index");
        await screen.FillAsync("Source of qty", "item.qty");
        await screen.SeesAsync("2 of 3 sample records pass, 1 is left out by the conditions");
    }

    private static async Task PublishAndRunAsync(Screen screen, string name, int written, int filtered)
    {
        await screen.PressAsync("Publish…");
        await Expect(screen.Dialog.Field("Reason")).ToBeFocusedAsync();

        // Enter does nothing before the saved tests have been looked for.
        await Expect(screen.Dialog.Button("Publish")).ToBeEnabledAsync();
        await screen.Page.Keyboard.PressAsync("Enter");
        await screen.SeesAsync("runs use v1");
        await screen.Toasts.FollowAsync("To the integration");
        await screen.SeesPageAsync(name);
        await screen.PressAsync("Run now");
        await screen.Toasts.FollowAsync("Watch it");
        await screen.SeesHeadingAsync("Done, some set aside");
        await Expect(screen.Figure("Read")).ToHaveTextAsync("3");
        await Expect(screen.Figure("Written")).ToHaveTextAsync($"{written}");
        await Expect(screen.Figure("Filtered")).ToHaveTextAsync($"{filtered}");
        await Expect(screen.Figure("Rejected")).ToHaveTextAsync("1");
    }

    private static async Task CorrectAndReplayAsync(Screen screen)
    {
        await screen.FollowAsync("See its dead letters");
        await screen.SeesPageAsync("Dead letters");
        await screen.SeesAsync("Only letters of one run are shown.");
        await screen.FirstRowLink.ClickAsync();
        await screen.PressAsync("Edit");
        var record = screen.Field("Corrected record");
        await record.FillAsync((await record.InputValueAsync()).Replace("\"many\"", "9", StringComparison.Ordinal));
        await screen.SeesAsync("It passes the mapping now.");
        await screen.PressAsync("Save the correction");
        await screen.PressAsync("Replay…");
        await screen.Dialog.PressAsync("Start the replay");
        await screen.SeesHeadingAsync(new Regex("Delivered"));
    }

    private Task<string> LinesAsync() => AskAsync("select string_agg(order_id || '/' || line || ' ' || sku || ' ' || qty, ', ' order by order_id, line) from order_line");

    private Task<string> ItemsAsync() => AskAsync("select string_agg(item || ' ' || qty, ', ' order by item) from order_item");

    private async Task<string> AskAsync(string query) => await console.Site.Server.AskAsync<string>("sample_destination", query);
}
