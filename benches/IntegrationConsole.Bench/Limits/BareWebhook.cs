using System.Security.Cryptography;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;
using Npgsql;
using NpgsqlTypes;

namespace IntegrationConsole.Bench.Limits;

/// <summary>
/// What somebody writes by hand to receive webhooks: a bare server that reads the body, verifies its HMAC, makes one
/// insert with a prepared statement, and answers when it is committed.
/// </summary>
internal static class BareWebhook
{
    public const string Table = "bare_delivery";
    public const string Path = "/hook";
    public const string SignatureHeader = "X-Hub-Signature-256";
    public const string IdHeader = "X-GitHub-Delivery";

    private const string Prefix = "sha256=";
    private const string Insert = $"insert into {Table} (id, received_at, body) values ($1, now(), $2) on conflict do nothing";

    public static async Task<int> RunAsync(string database, string address, string secret)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls(address);
        await using var app = builder.Build();
        await using var source = NpgsqlDataSource.Create(new NpgsqlConnectionStringBuilder(database) { MaxAutoPrepare = 10, AutoPrepareMinUsages = 2, MaxPoolSize = 60, NoResetOnClose = true });
        var key = System.Text.Encoding.UTF8.GetBytes(secret);
        app.MapPost(Path, (Delegate)((HttpContext context) => TakeAsync(context, source, key)));
        await app.StartAsync();
        Console.WriteLine("ready");
        await Console.In.ReadLineAsync();
        return 0;
    }

    private static async Task<IResult> TakeAsync(HttpContext context, NpgsqlDataSource source, byte[] key)
    {
        using var body = new MemoryStream();
        await context.Request.Body.CopyToAsync(body);
        var bytes = body.ToArray();
        var given = context.Request.Headers[SignatureHeader].ToString();
        if (!given.StartsWith(Prefix, StringComparison.Ordinal) || !CryptographicOperations.FixedTimeEquals(Convert.FromHexString(given.AsSpan(Prefix.Length)), HMACSHA256.HashData(key, bytes)))
        {
            return Results.Unauthorized();
        }

        await using var command = source.CreateCommand(Insert);
        command.Parameters.Add(new NpgsqlParameter<string> { TypedValue = context.Request.Headers[IdHeader].ToString() });
        command.Parameters.Add(new NpgsqlParameter<byte[]> { TypedValue = bytes, NpgsqlDbType = NpgsqlDbType.Bytea });
        await command.ExecuteNonQueryAsync();
        return Results.Accepted();
    }
}
