// SPDX-License-Identifier: Apache-2.0
// A healthy Java program: idle until a line comes on standard input, then four threads that make garbage and keep little.
import java.io.IOException;
import java.util.HashMap;
import java.util.Map;

public class Healthy {
	static void work() {
		Map<Integer, byte[]> kept = new HashMap<>();
		for (int i = 0; ; i++)
			kept.put(i % 1000, new byte[1000 + i % 9000]);
	}

	public static void main(String[] args) throws IOException, InterruptedException {
		System.out.println("ready");
		if (System.in.read() < 0)
			return;
		for (int i = 0; i < 4; i++) {
			Thread t = new Thread(Healthy::work);
			t.setDaemon(true);
			t.start();
		}
		Thread.sleep(Long.MAX_VALUE);
	}
}
