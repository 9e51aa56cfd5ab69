using System.Net;
using System.Security.Cryptography;
using System.Text;
using IntegrationConsole.Journeys.Support;
using static Microsoft.Playwright.Assertions;

namespace IntegrationConsole.Journeys.Webhooks;

[Collection(SampleConsole.Collection)]
public sealed class A_delivery_on_its_way_to_a_table(SampleConsole console)
{
    private const string Home = $"/t/{SampleConsole.Tenant}";
    private const string Secret = "what the shop signs with";

    [Fact]
    public Task What_is_sent_to_a_new_endpoint_is_in_the_table_a_moment_later() => Walk.AsAsync(console.Site, Site.Administrator, async screen =>
    {
        var address = await MakeAnEndpointAsync(screen);
        Assert.Equal(HttpStatusCode.Accepted, await SendAsync(address, """{"order_id":1,"total":12.5}""", Secret));
        await screen.Region("Last deliveries").SeesAsync("No reader yet");
        await CreateIntegrationAsync(screen);

        Assert.Equal(HttpStatusCode.Unauthorized, await SendAsync(address, """{"order_id":2}""", "another secret"));
        Assert.Equal(HttpStatusCode.Accepted, await SendAsync(address, """{"order_id":3,"total":7}""", Secret));

        await screen.OpenAsync($"{Home}/webhooks");
        await screen.FollowAsync("Shop orders");
        await screen.Region("Facts").SeesAsync("Shop orders to table, when something arrives");
        await screen.Region("Facts").SeesAsync("1 signature does not fit");
        await Expect(screen.Region("Last deliveries").Scope.GetByText("Read", new() { Exact = true })).ToHaveCountAsync(2);
        Assert.Equal("1, 3", await console.Site.Server.AskAsync<string>("sample_destination", "select string_agg(body_order_id::text, ', ' order by body_order_id) from shop_orders"));
    });

    private static async Task<string> MakeAnEndpointAsync(Screen screen)
    {
        await screen.OpenAsync($"{Home}/webhooks");
        await screen.FollowAsync("New endpoint");
        await screen.SeesPageAsync("New webhook endpoint");
        await screen.FillAsync("Name", "Shop orders");
        await screen.ChooseAsync("Verification", "HMAC in a header");
        await screen.FillAsync("Header", "X-Shop-Signature");
        await screen.FillAsync("Secret", Secret);
        await screen.PressAsync("Save the endpoint");
        await screen.SeesHeadingAsync("Shop orders");
        return await screen.Page.Locator("#webhook-address .mono").TextContentAsync() ?? "";
    }

    private static async Task CreateIntegrationAsync(Screen screen)
    {
        await screen.PressAsync("Use in an integration");
        await screen.SeesHeadingAsync("New integration");
        await Expect(screen.Group("1. From").Field("Stream")).ToHaveValueAsync("shop-orders");
        var to = screen.Group("2. To");
        await to.ChooseAsync("Destination connection", "Sample database");
        await to.FillAsync("Stream", "shop_orders");
        await screen.SeesAsync("fields found their source by name");
        await screen.Page.GetByLabel("body_order_id").CheckAsync();
        await screen.FillAsync("Name of the integration", "Shop orders to table");
        await screen.PressAsync("Create and open the mapping");
        await screen.SeesHeadingAsync("Mapping of Shop orders to table");
        await screen.PressAsync("Publish…");
        await screen.Dialog.PressAsync("Publish");
        await screen.SeesAsync("runs use v1");
    }

    private static async Task<HttpStatusCode> SendAsync(string address, string body, string secret)
    {
        using var http = new HttpClient();
        using var request = new HttpRequestMessage(HttpMethod.Post, address) { Content = new StringContent(body, Encoding.UTF8, "application/json") };
        request.Headers.Add("X-Shop-Signature", Convert.ToHexStringLower(HMACSHA256.HashData(Encoding.UTF8.GetBytes(secret), Encoding.UTF8.GetBytes(body))));
        using var response = await http.SendAsync(request);
        return response.StatusCode;
    }
}
