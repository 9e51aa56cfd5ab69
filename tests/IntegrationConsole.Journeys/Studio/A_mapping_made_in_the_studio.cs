using System.Text;
using IntegrationConsole.Journeys.Support;
using static Microsoft.Playwright.Assertions;

namespace IntegrationConsole.Journeys.Studio;

/// <summary>Somebody brings records of their own, writes with the keyboard alone, and goes to the text and back.</summary>
[Collection(SampleConsole.Collection)]
public sealed class A_mapping_made_in_the_studio(SampleConsole console)
{
    private const string Regions = """
        [{"code":"FI","code3":"FIN","names":{"english":"Finland","native":"Suomi"},"currencyCode":"EUR","metric":true},
         {"code":"NO","code3":"NOR","names":{"english":"Norway","native":"Norge"},"currencyCode":"NOK","metric":true}]
        """;

    [Fact]
    public Task A_sample_is_uploaded_a_path_completed_a_suggestion_taken_and_the_text_says_all_of_it() => Walk.AsAsync(console.Site, Site.Administrator, async screen =>
    {
        await screen.OpenAsync($"/t/{SampleConsole.Tenant}/integrations/regions-to-database/mapping");
        await screen.SeesAsync("Record 1 of 50");
        await UploadAsync(screen);
        await AcceptAsync(screen);
        await CompleteAsync(screen);
        await GoToTextAndBackAsync(screen);
    });

    private static async Task UploadAsync(Screen screen)
    {
        await screen.ChooseAsync("Record from", "from a file");

        // The browser's script takes the field over a moment after it is there; nobody chooses a file that fast.
        var file = screen.Page.Locator("#record-file");
        await Expect(file).ToHaveJSPropertyAsync("_blazorInputFileNextFileId", 0);
        await file.SetInputFilesAsync(new Microsoft.Playwright.FilePayload { Name = "regions.xml", MimeType = "text/xml", Buffer = "<a/>"u8.ToArray() });
        await screen.SeesAsync("regions.xml is none of .json, .ndjson and .csv.");
        await file.SetInputFilesAsync(new Microsoft.Playwright.FilePayload { Name = "regions.json", MimeType = "application/json", Buffer = Encoding.UTF8.GetBytes(Regions) });
        await screen.SeesAsync("Record 1 of 2");
        await screen.Region("Source record").SeesAsync("\"Suomi\"");
    }

    private static async Task AcceptAsync(Screen screen)
    {
        await screen.SeesAsync("Read, and never in the sample:");
        await screen.PressAsync("Remove currency");
        await screen.PressAsync("1 suggestion");

        // Faster than the line: at the next field as soon as the new one stands.
        await screen.Page.EvaluateAsync("""
            () => new MutationObserver((_, seen) => {
                if (document.querySelector("[aria-label='Source of currency']")) {
                    seen.disconnect();
                    document.querySelector("[aria-label='Source of label']").focus();
                }
            }).observe(document.body, { subtree: true, childList: true, attributes: true })
            """);
        await screen.Region("Suggestions").PressAsync("Accept currencyCode for currency");
        await Expect(screen.Field("Source of currency")).ToHaveValueAsync("currencyCode");
        await screen.SeesNothingOfAsync("Read, and never in the sample:");
        await Expect(screen.Field("Source of label")).ToBeFocusedAsync();
    }

    private static async Task CompleteAsync(Screen screen)
    {
        // Faster than the line: the source is typed before the page could answer that its origin is another one.
        var source = screen.Field("Source of label");
        await screen.Field("Origin of label").EvaluateAsync("""
            origin => {
                const source = origin.parentElement.querySelector("[data-origin] textarea");
                const say = (element, kind) => element.dispatchEvent(new Event(kind, { bubbles: true }));
                origin.value = "Expression";
                say(origin, "change");
                source.focus();
                source.value = "$upp";
                source.setSelectionRange(4, 4);
                say(source, "input");
            }
            """);
        await screen.SeesAsync("Puts a text in capital letters.");
        await source.PressAsync("Enter");
        await source.PressSequentiallyAsync("na");
        await Expect(screen.Page.GetByRole(Microsoft.Playwright.AriaRole.Option, new() { Name = "names.native" })).ToBeVisibleAsync();

        // What is taken of the list goes before what is typed behind it, however late the list is.
        await source.EvaluateAsync("""
            source => {
                const type = letter => {
                    source.setRangeText(letter, source.selectionStart, source.selectionEnd, "end");
                    source.dispatchEvent(new Event("input", { bubbles: true }));
                };
                type("t");
                source.dispatchEvent(new KeyboardEvent("keydown", { key: "Tab", bubbles: true, cancelable: true }));
                type(")");
            }
            """);
        await Expect(source).ToHaveValueAsync("$uppercase(names.native)");
        await screen.SeesAsync("SUOMI");
        await Expect(screen.Page.Locator(".record-line.is-read")).ToContainTextAsync("Suomi");
    }

    private static async Task GoToTextAndBackAsync(Screen screen)
    {
        await screen.PressAsync("Text");
        var text = screen.Field("The mapping as text");
        var written = await text.InputValueAsync();
        Assert.Contains("source: $uppercase(names.native)", written);
        await text.FillAsync(written.Replace("source: currencyCode", "sorce: currencyCode"));
        await screen.SeesAsync("sorce: There is no key named sorce here");
        await Expect(screen.Button("Form")).ToBeDisabledAsync();
        await text.FillAsync(written.Replace("$uppercase", "$lowercase"));
        await screen.SeesAsync("suomi");
        await screen.PressAsync("Form");
        await Expect(screen.Field("Source of label")).ToHaveValueAsync("$lowercase(names.native)");
        await Expect(screen.Field("Source of currency")).ToHaveValueAsync("currencyCode");
    }
}
